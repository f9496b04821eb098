import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Reading } from '../../src/room.ts'
import { roomKey } from '../../src/room.ts'
import { createRoomTable } from '../../src/rooms/table.ts'
import { createManualClock } from '../support/clock.ts'
import { room, roomList } from '../support/rooms.ts'

const present = (users: number, invisibleUsers = 0): Reading => ({
  kind: 'present',
  users,
  invisibleUsers,
})
const absent: Reading = { kind: 'absent' }
const failed: Reading = { kind: 'failed', failure: { reason: 'server', detail: 'HTTP 500' } }

function setUp(rooms = [room()]) {
  const clock = createManualClock()
  const table = createRoomTable(clock)
  table.set(rooms)
  const record = (reading: Reading, slot = 0) => table.record(slot, reading, clock.now())
  const shown = (slot = 0) => {
    table.drainChanged(() => undefined)
    return {
      users: table.users(slot),
      invisible: table.invisibleUsers(slot),
      exists: table.exists(slot),
      success: table.pollSuccess(slot),
      at: table.lastSuccessMs(slot),
    }
  }
  return { clock, table, record, shown }
}

test('a room that was not polled yet shows nothing but that it never was', () => {
  const { shown } = setUp()
  expect(shown()).toEqual({ users: -1, invisible: -1, exists: -1, success: -1, at: 0 })
})

test('a room that exists shows what was answered', () => {
  const { clock, record, shown } = setUp()
  record(present(6, 3))
  expect(shown()).toEqual({ users: 6, invisible: 3, exists: 1, success: 1, at: clock.now() })
})

test('a room that does not exist shows 0, 0 and 0', () => {
  const { clock, record, shown } = setUp()
  record(absent)
  expect(shown()).toEqual({ users: 0, invisible: 0, exists: 0, success: 1, at: clock.now() })
})

test('a failure leaves the last value until it is older than max_age, then it is gone', async () => {
  const { clock, record, shown } = setUp()
  const at = clock.now()
  record(present(6, 3))
  await clock.pass(90_000)
  record(failed)
  expect(shown()).toEqual({ users: 6, invisible: 3, exists: 1, success: 0, at })
  await clock.pass(1)
  expect(shown()).toEqual({ users: -1, invisible: -1, exists: -1, success: 0, at })
  record(present(1))
  expect(shown()).toMatchObject({ users: 1, exists: 1, success: 1 })
})

test('a value goes at max_age although nothing is polled at all, and its slot is told', async () => {
  const { clock, table, record } = setUp()
  record(present(6))
  table.drainChanged(() => undefined)
  await clock.pass(90_001)
  const told: number[] = []
  table.drainChanged((slot) => told.push(slot))
  expect(told).toEqual([0])
  expect(table.users(0)).toBe(-1)
})

test.each([
  ['the wall clock leaps ahead, as after a machine slept', 90_001, -1],
  ['the wall clock is set back', -3_600_000, 6],
])('when %s, the older age counts', (_what, leapMs, users) => {
  const { clock, record, shown } = setUp()
  record(present(6))
  clock.setWallClock(leapMs)
  expect(shown().users).toBe(users)
})

test('a wall clock that is set back does not make a value live longer', async () => {
  const { clock, record, shown } = setUp()
  record(present(6))
  clock.setWallClock(-3_600_000)
  await clock.pass(90_001)
  expect(shown().users).toBe(-1)
})

test('the outcome says whether the room changed, and whether it emptied', async () => {
  const { clock, record } = setUp()
  expect(record(present(2))).toEqual({ changed: undefined, occupied: true, emptied: false })
  expect(record(present(2))).toEqual({ changed: false, occupied: true, emptied: false })
  expect(record(failed)).toEqual({ changed: undefined, occupied: undefined, emptied: false })
  await clock.pass(100_000)
  expect(record(absent)).toEqual({ changed: true, occupied: false, emptied: true })
  expect(record(present(0))).toEqual({ changed: true, occupied: false, emptied: false })
})

test('a new list keeps slots and values of rooms that stay, and frees those of rooms that go', () => {
  const [a, b, c] = roomList(3) as [
    ReturnType<typeof room>,
    ReturnType<typeof room>,
    ReturnType<typeof room>,
  ]
  const { table, record } = setUp([a, b])
  record(present(1), 0)
  record(present(2), 1)
  const list = [c, { ...b, intervalMs: 5000 }]
  const { value: difference } = table.compare(list).next()
  expect(difference).toEqual({
    removed: [{ slot: 0, before: a }],
    changed: [{ slot: 1, before: b, room: list[1] }],
    added: [c],
  })
  expect(table.set(list).added).toEqual([0])
  expect([table.users(0), table.users(1)]).toEqual([-1, 2])
  expect(table.room(1)?.intervalMs).toBe(5000)
})

test("a slot whose former room is being polled is not another room's yet", () => {
  const [a, b] = roomList(2) as [ReturnType<typeof room>, ReturnType<typeof room>]
  const { table, record } = setUp([a])
  table.remove({ slot: 0, before: a })
  expect(table.add(b, (slot) => slot === 0)).toBe(1)
  record(present(5), 0)
  expect([table.users(0), table.users(1)]).toEqual([-1, -1])
})

test.each<[string, number, number | undefined]>([
  ['fresh', 60_000, 0],
  ['too old', 90_001, undefined],
  ['from the future', -1, undefined],
])('a kept value that is %s', (_what, ageMs, slot) => {
  const { clock, table, shown } = setUp()
  const kept = { key: roomKey(room()), users: 4, invisibleUsers: 1, pollSucceeded: false }
  const atMs = clock.now() - ageMs
  expect(table.restore({ ...kept, lastSuccessMs: atMs, lastPollMs: atMs })).toBe(slot)
  expect(shown().users).toBe(slot === undefined ? -1 : 4)
})

test('a kept value goes when its true age is over max_age', async () => {
  const { clock, table, shown } = setUp()
  const kept = { key: roomKey(room()), users: 4, invisibleUsers: 1, pollSucceeded: true }
  const atMs = clock.now() - 60_000
  table.restore({ ...kept, lastSuccessMs: atMs, lastPollMs: atMs })
  await clock.pass(30_001)
  expect(shown()).toMatchObject({ users: -1, success: 1 })
})

test('what is kept for a later run is what may be shown, with its own times', async () => {
  const { clock, table, record } = setUp(roomList(4))
  const firstMs = clock.now()
  record(present(4, 1), 0)
  record(absent, 1)
  record(failed, 2)
  await clock.pass(60_000)
  record(failed, 1)
  const key = (roomId: string) => roomKey(room({ roomId }))
  const first = { lastSuccessMs: firstMs, lastPollMs: firstMs, pollSucceeded: true }
  const failedSince = { ...first, lastPollMs: firstMs + 60_000, pollSucceeded: false }
  expect([...table.kept()]).toEqual([
    { key: key('Room0'), users: 4, invisibleUsers: 1, ...first },
    { key: key('Room1'), users: -1, invisibleUsers: 0, ...failedSince },
  ])
  await clock.pass(30_001)
  expect([...table.kept()]).toEqual([])
})

test('a value that the clock says is from the future is not kept', () => {
  const { clock, table, record } = setUp()
  record(present(4))
  clock.setWallClock(-1)
  expect([...table.kept()]).toEqual([])
})

test('rooms are fresh, stale or pending, never two of them', async () => {
  const { clock, table, record } = setUp(roomList(3))
  record(present(1), 0)
  record(failed, 1)
  expect(table.counts()).toEqual({ fresh: 1, stale: 1, pending: 1 })
  await clock.pass(90_001)
  expect(table.counts()).toEqual({ fresh: 0, stale: 2, pending: 1 })
})

test('nothing that fails ever becomes a number: shown values come from successes only', async () => {
  const step = fc.oneof(
    fc.record({ wait: fc.integer({ min: 0, max: 200_000 }) }),
    fc.record({ users: fc.integer({ min: 0, max: 5 }) }),
    fc.constantFrom({ reading: absent }, { reading: failed }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { clock, record, shown } = setUp()
      let last: { users: number; at: number } | undefined
      for (const next of steps) {
        if ('wait' in next) await clock.pass(next.wait)
        else {
          const reading = 'users' in next ? present(next.users) : next.reading
          record(reading)
          if (reading.kind !== 'failed')
            last = { users: reading.kind === 'present' ? reading.users : 0, at: clock.now() }
        }
        const isFresh = last !== undefined && clock.now() - last.at <= 90_000
        expect(shown().users).toBe(isFresh ? last?.users : -1)
      }
    }),
    { numRuns: 50 },
  )
})

test('whatever the clocks, the polls and the configuration do, what is too old is gone, and nothing else', async () => {
  const count = 3
  const step = fc.oneof(
    fc.record({ poll: fc.nat(count - 1) }),
    fc.record({ passMs: fc.integer({ min: 1, max: 60_000 }) }),
    fc.record({ setClockMs: fc.integer({ min: -60_000, max: 60_000 }) }),
    fc.record({ slot: fc.nat(count - 1), maxAgeMs: fc.integer({ min: 20_000, max: 120_000 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const rooms = roomList(count)
      const { clock, table, record } = setUp(rooms)
      const model = rooms.map((room) => ({ maxAgeMs: room.maxAgeMs, at: 0, tick: 0, has: false }))
      for (const each of steps) {
        if ('poll' in each) {
          record(present(1), each.poll)
          Object.assign(model[each.poll] ?? {}, {
            at: clock.now(),
            tick: clock.monotonic(),
            has: true,
          })
        } else if ('passMs' in each) await clock.pass(each.passMs)
        else if ('setClockMs' in each) clock.setWallClock(each.setClockMs)
        else {
          const { slot, maxAgeMs } = each
          table.replace(slot, { ...(rooms[slot] ?? room()), maxAgeMs })
          Object.assign(model[slot] ?? {}, { maxAgeMs })
        }
        table.drainChanged(() => undefined)
        for (const one of model) {
          const ageMs = Math.max(clock.now() - one.at, clock.monotonic() - one.tick)
          if (ageMs > one.maxAgeMs) one.has = false
        }
        expect(model.map((_, slot) => table.users(slot) === 1)).toEqual(model.map(({ has }) => has))
        expect(table.counts().fresh).toBe(model.filter(({ has }) => has).length)
      }
    }),
    { numRuns: 200 },
  )
})
