import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ExporterState } from '../../src/exposition/exporter-metrics.ts'
import { createExporterMetrics } from '../../src/exposition/exporter-metrics.ts'
import { createMetricsHandler } from '../../src/exposition/handler.ts'
import { createScrape } from '../../src/exposition/scrape.ts'
import type { Reading, Room } from '../../src/room.ts'
import { createRoomTable } from '../../src/rooms/table.ts'
import type { Handler } from '../../src/web/server.ts'
import { listen } from '../../src/web/listen.ts'
import { createListener, sendText } from '../../src/web/server.ts'

/*
 * The program's web part without its polling: room table, exposition and express as they are.
 * Prints its port. POST /change?count=N&order=list|scattered puts N readings into the table, GET
 * /stall answers the event loop's longest delay in milliseconds since the last call.
 */

const dayMs = 86_400_000
const rooms = Array.from({ length: Number(process.argv[2]) }, (_, index): Room => ({
  appId: '661e0000000000000000543c',
  roomId: `Room${String(index)}`,
  account: 'default',
  intervalMs: dayMs,
  maxAgeMs: dayMs,
}))
const table = createRoomTable({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: () => Promise.resolve(),
})
const { added } = table.set(rooms)
const below = (limit: number) => Math.floor(Math.random() * limit)

const present = (): Reading => ({
  kind: 'present',
  users: below(200),
  invisibleUsers: below(10),
})

function reading(): Reading {
  const kind = below(20)
  if (kind === 0) return { kind: 'failed', failure: { reason: 'timeout', detail: 'no answer' } }
  return kind === 1 ? { kind: 'absent' } : present()
}

function poll(index: number, found: Reading) {
  const slot = added[index]
  if (slot !== undefined) table.record(slot, found, Date.now())
}
for (let index = 0; index < rooms.length; index++) poll(index, present())

const account = 'default'
const state = (): ExporterState => ({
  accounts: [{ account, budgetQps: 40, demandQps: 40, inFlight: 0, isCircuitOpen: false }],
  rooms: table.counts(),
  sweepSeconds: 1,
  isInitialSweepComplete: true,
  oldestSuccessMs: table.oldestSuccessMs(),
  lastPollMs: Date.now(),
  largestMaxAgeMs: dayMs,
  configReload: { succeeded: true, lastSuccessMs: Date.now() },
  shard: { index: 0, count: 1 },
})
const build = { version: '0', revision: 'bench', nodeVersion: process.version }
const metrics = createExporterMetrics(build, state)
metrics.addAccount(account)

let next = 0
const change: Handler = (request, response) => {
  const query = new URLSearchParams(request.url?.split('?')[1])
  const isListOrder = query.get('order') === 'list'
  for (let count = Number(query.get('count')); count > 0; count--) {
    poll(isListOrder ? next++ % rooms.length : below(rooms.length), reading())
  }
  sendText(response, 200, 'changed')
}

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const stall: Handler = (_request, response) => {
  sendText(response, 200, String(delay.max / 1e6))
  delay.reset()
}

const scrape = createScrape({ rooms: table, ownMetrics: metrics.text })
const listening = await listen(
  createListener(
    [
      { path: '/metrics', get: createMetricsHandler({ scrape }) },
      { path: '/change', post: change },
      { path: '/stall', get: stall },
    ],
    (error) => {
      throw error
    },
  ),
  [{ host: '127.0.0.1', port: 0 }],
)
console.log(new URL(listening.urls[0] ?? '').port)
