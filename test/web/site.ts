import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from '@jest/globals'
import { createSchedule } from '../../src/polling/schedule.ts'
import type { FailureReason, Reading, Room } from '../../src/room.ts'
import { createHistory } from '../../src/rooms/history.ts'
import { createRoomTable } from '../../src/rooms/table.ts'
import { viewRoutes } from '../../src/web/routes.ts'
import { createListener } from '../../src/web/server.ts'
import type { Status, View } from '../../src/web/view.ts'
import { createManualClock } from '../support/clock.ts'

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

export const present = (users: number, invisibleUsers = 0): Reading => ({
  kind: 'present',
  users,
  invisibleUsers,
})
export const failed = (reason: FailureReason, detail = 'what came back'): Reading => ({
  kind: 'failed',
  failure: { reason, detail },
})

/** The pages over what is known about `rooms`, on a socket of their own. */
export async function openSite(rooms: readonly Room[], given: Partial<Status> = {}) {
  const clock = createManualClock()
  const table = createRoomTable(clock)
  const history = createHistory()
  const schedule = createSchedule({ qps: 39, adaptive: true, minIntervalMs: 5000 })
  table.set(rooms)
  for (const [slot, { intervalMs }] of rooms.entries()) schedule.add(slot, intervalMs)
  const status: Status = {
    version: '1.2.3',
    telemetryPath: '/metrics',
    shard: { index: 0, count: 1 },
    accounts: [],
    firstSweep: undefined,
    sweepMs: 1500,
    plannedSweepMs: 1500,
    oldestSuccessMs: clock.now() - 4000,
    predictedAgeMs: 30_000,
    configReload: { succeeded: true, lastSuccessMs: clock.now() - 60_000, problems: [] },
    samples: [],
    ...given,
  }
  const view: View = {
    clock,
    rooms: table,
    history,
    dueMs: (slot) => schedule.dueMs(slot, clock.monotonic()),
    explain: (slot) => schedule.explain(slot, clock.monotonic()),
    status: () => status,
    configText: () => 'polling: {}\n',
    roomsRevision: () => rooms,
  }
  const errors: unknown[] = []
  const server = createServer(createListener(viewRoutes(view), (error) => errors.push(error)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${String(port)}`

  async function get(path: string) {
    const response = await fetch(`${url}${path}`)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  return {
    clock,
    errors,
    get,
    async json(path: string): Promise<{ status: number; body: unknown }> {
      const { status, text } = await get(path)
      return { status, body: JSON.parse(text) }
    },
    /** Polls the room in a slot, which takes 50 ms, and finds `reading`. */
    poll(slot: number, reading: Reading, requestId = 'request-1') {
      const answer = { reading, sentAtMs: clock.now(), durationMs: 50, requestId }
      history.asked(slot)
      history.finished(slot, answer)
      table.record(slot, reading, answer.sentAtMs)
    },
  }
}
