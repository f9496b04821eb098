/*
 * What a scrape costs, beside other ways to do it: `npm run bench:scrape [ROOMS …]`, on Linux. Every
 * server is a process of its own and holds the five series of every room; 600 rooms are polled
 * between scrapes. The servers take turns, so that a busy machine is busy for all of them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from './scrape-client.ts'
import { buildPeer, compileServers, start } from './scrape-programs.ts'
import type { Series } from './scrape-report.ts'
import { report } from './scrape-report.ts'

const changed = 600
const encodings = ['identity', 'gzip'] as const
const scrapesForStalls = 200
const warmUps = 20

const sizes = process.argv.slice(2).map(Number)
const folder = mkdtempSync(join(tmpdir(), 'bench-scrape-'))
const compiled = compileServers(join(folder, 'servers'))
const peers = ['client_golang', 'kube_state'].flatMap((name) => {
  const file = buildPeer(name, folder)
  return file === undefined ? [] : [{ name, file }]
})

async function launch(name: string, command: readonly string[], orders: readonly string[]) {
  const program = await start(command)
  const client = createClient(program, name === 'ours')
  const cold = await client.scrape('gzip')
  const series = orders.flatMap((order) =>
    encodings.map((encoding): Series => ({ name, order, encoding, samples: [], stalls: [] })),
  )
  return { name, program, client, cold, series, restStalls: [] as number[] }
}

type Launched = Awaited<ReturnType<typeof launch>>

/** How long scrapes hold up our event loop, before the other servers are there, and what it does without. */
async function measureStalls({ client, series, restStalls }: Launched) {
  for (const { order, encoding, stalls } of series) {
    for (let count = 0; count < warmUps + scrapesForStalls; count++) {
      await client.change(changed, order)
      const { stallMs } = await client.scrape(encoding)
      const restMs = await client.restStall()
      if (count < warmUps) continue
      stalls.push(stallMs)
      restStalls.push(restMs)
    }
  }
}

async function launchAll(rooms: number): Promise<Launched[]> {
  const count = String(rooms)
  const [node, server] = compiled('scrape-server')
  // As the image starts it.
  const command = [node, '--max-semi-space-size=1', server, count]
  const ours = await launch('ours', command, ['list', 'scattered'])
  await measureStalls(ours)
  const files = encodings.map((encoding) => join(folder, `body.${encoding}`))
  for (const [index, encoding] of encodings.entries()) {
    writeFileSync(files[index] ?? '', await ours.client.fetch(encoding))
  }
  const others = [
    await launch('floor', [...compiled('scrape-floor'), ...files], ['constant']),
    await launch('prom-client', [...compiled('scrape-prom-client'), count], ['scattered']),
  ]
  for (const { name, file } of peers) {
    others.push(await launch(name, [file, count], ['scattered']))
  }
  return [ours, ...others]
}

/** Slow servers are scraped less often: what is asked of them is their median only. */
const scrapesPerTurn = ({ name }: Launched) => (name === 'ours' || name === 'floor' ? 10 : 1)

async function takeTurns(servers: readonly Launched[], turns: number) {
  for (let turn = 0; turn <= turns; turn++) {
    for (const server of servers) {
      for (const { order, encoding, samples } of server.series) {
        for (let count = 0; count < scrapesPerTurn(server); count++) {
          await server.client.change(changed, order)
          const sample = await server.client.scrape(encoding)
          if (turn > 0) samples.push(sample)
        }
      }
    }
  }
}

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${String(cpus().length)} cores`)
console.log(`Node.js ${process.version}, ${String(changed)} rooms polled between scrapes`)
for (const rooms of sizes.length > 0 ? sizes : [1000, 10_000, 100_000]) {
  const servers = await launchAll(rooms)
  await takeTurns(servers, rooms > 50_000 ? 10 : 25)
  console.log(report(rooms, servers))
  for (const { client, program } of servers) {
    client.close()
    await program.stop()
  }
}
rmSync(folder, { recursive: true })
