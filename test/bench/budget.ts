import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Arrival } from '../../src/simulator/arrivals.ts'
import { demoRooms, simulatorAccount } from '../../src/simulator/demo.ts'
import type { Seen } from './budget-report.ts'
import { judge, tableHead } from './budget-report.ts'
import type { Row } from './budget-rows.ts'
import { rows } from './budget-rows.ts'
import type { Program } from './start-program.ts'
import { root, startProgram } from './start-program.ts'

/*
 * Whether the limit holds at the server, and what it costs: the built program against the built
 * simulator, which records every arrival in a process of its own. `--seconds=60` a row,
 * `--rows=quiet` only those whose name has the word, `--dist=FOLDER` another build.
 */

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rows: { type: 'string', default: '' },
    dist: { type: 'string', default: join(root, 'dist') },
  },
})
const seconds = Number(values.seconds)
const main = join(values.dist, 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'bench-budget-'))

/** Demand is far over the budget. A higher `version` is another file: rooms, intervals and time-out. */
function configText(row: Row, endpoint: string, version: number): string {
  const rooms = demoRooms(row.rooms + (version % 2)).map(({ appId, roomId }, index) => ({
    app_id: appId,
    room_id: roomId,
    ...(index === version && { interval: '2s' }),
  }))
  const { accessKeyId, secretAccessKey } = simulatorAccount
  const keys = { access_key_id: accessKeyId, secret_access_key: secretAccessKey }
  return JSON.stringify({
    api: {
      endpoint,
      timeout: version % 3 === 2 ? '6s' : '5s',
      network_jitter: `${String(row.networkJitterMs + (version % 5))}ms`,
    },
    accounts: [{ name: 'default', ...keys }],
    polling: { interval: '1s', min_interval: '1s' },
    rooms,
  })
}

const importText = (text: string) => [
  '--import',
  `data:text/javascript,${encodeURIComponent(text)}`,
]

/** Appends the monotonic time, in nanoseconds, at which each request had been written to a file. */
const stampWritten = (file: string) => `
  import { subscribe } from 'node:diagnostics_channel'
  import { openSync, writeSync } from 'node:fs'
  const file = openSync(${JSON.stringify(file)}, 'a')
  subscribe('http.client.request.start', ({ request }) => {
    request.once('finish', () => writeSync(file, process.hrtime.bigint() + '\\n'))
  })`

/** One exporter after the other, with one configuration file. */
function createExporters(row: Row, endpoint: string) {
  const config = join(folder, 'exporter.yml')
  const stamps = join(folder, 'written')
  const flags = [`--config.file=${config}`, '--web.listen-address=127.0.0.1:0']
  rmSync(stamps, { force: true })
  return {
    configure(version: number) {
      writeFileSync(config, configText(row, endpoint, version))
    },
    start: () =>
      startProgram([
        ...importText(stampWritten(stamps)),
        ...(row.preload === undefined ? [] : importText(row.preload)),
        main,
        ...flags,
      ]),
    /** When each request was written, in milliseconds. */
    writtenMs: () =>
      readFileSync(stamps, 'utf8')
        .trim()
        .split('\n')
        .map((line) => Number(line) / 1e6),
  }
}

async function arrivalsAt(simulator: Program): Promise<readonly Arrival[]> {
  const response = await fetch(`${simulator.url}/simulator/arrivals`)
  return ((await response.json()) as { arrivals: Arrival[] }).arrivals
}

async function startRelay(simulator: Program, longestDelayMs: number | undefined) {
  if (longestDelayMs === undefined) return undefined
  const relay = join(import.meta.dirname, 'budget-relay.ts')
  const { port } = new URL(simulator.url)
  return startProgram(['--import', 'tsx', relay, port, String(longestDelayMs)])
}

async function measure(row: Row): Promise<Seen> {
  const flags = [`--latency=${row.latency}`, `--rooms=${String(row.rooms + 1)}`]
  const simulator = await startProgram([main, 'simulate', '--listen=127.0.0.1:0', ...flags])
  const relay = await startRelay(simulator, row.longestDelayMs)
  const exporters = createExporters(row, (relay ?? simulator).url)
  let version = 0
  exporters.configure(version)
  let exporter = await exporters.start()
  while ((await arrivalsAt(simulator)).length === 0) await sleep(100)

  let isWhole = true
  const disturbed = row.disturb?.({
    exporter: () => exporter,
    async restart() {
      isWhole = false
      await exporter.end('SIGKILL')
      exporter = await exporters.start()
    },
    reload() {
      exporters.configure(++version)
      exporter.signal('SIGHUP')
    },
    seconds,
    signal: AbortSignal.timeout(seconds * 1000),
  })
  await Promise.all([disturbed, sleep(seconds * 1000)])
  const arrivals = await arrivalsAt(simulator)
  const writtenMs = exporters.writtenMs()
  await exporter.end()
  await Promise.all([relay?.end(), simulator.end()])
  return { row, writtenMs, isWhole, arrivals }
}

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${String(cpus().length)} cores, Node.js`)
console.log(`${process.version}, ${String(seconds)} s a row, limit 40 in any sliding second\n`)
console.log(tableHead)
for (const row of rows.filter(({ name }) => name.includes(values.rows))) {
  const { line, isOverLimit } = judge(await measure(row))
  console.log(line)
  if (isOverLimit) process.exitCode = 1
}
rmSync(folder, { recursive: true })
