import { expect, test } from '@jest/globals'
import { createSchedule } from '../../src/polling/schedule.ts'
import { failed, gaps, same, turns } from './schedule-turns.ts'

const plain = { qps: 40, minIntervalMs: 5000, adaptive: false }

test('rooms that were never polled come first, in the order of adding', () => {
  const schedule = createSchedule(plain)
  schedule.add(7, 30_000)
  schedule.add(3, 30_000, -20_000)
  schedule.add(5, 30_000)
  expect(schedule.pending()).toBe(2)
  expect([schedule.take(0), schedule.take(1), schedule.take(2)]).toEqual([7, 5, 3])
  expect(schedule.pending()).toBe(0)
  expect(schedule.take(3)).toBeUndefined()
  expect(schedule.msUntilDue(3)).toBe(Infinity)
})

test('the room with the largest age ÷ interval is next, however the rooms came in', () => {
  const schedule = createSchedule(plain)
  schedule.add(1, 30_000, -29_000)
  schedule.add(2, 10_000, -11_000)
  schedule.add(3, 30_000, -60_000)
  schedule.add(4, 30_000, -31_000)
  expect(schedule.overdue(0)).toBe(2)
  expect([0, 0, 0].map((nowMs) => schedule.take(nowMs))).toEqual([3, 2, 4])
  expect(schedule.msUntilDue(0)).toBe(1000)
})

test('a taken room is nobody else’s, also when it is removed and added again meanwhile', () => {
  const schedule = createSchedule(plain)
  schedule.add(1, 30_000)
  schedule.take(0)
  schedule.remove(1)
  schedule.add(1, 30_000)
  expect(schedule.take(100)).toBeUndefined()
  expect(schedule.explain(1, 100)?.because).toBe('being polled')
  schedule.finish(1, same)
  expect(schedule.take(200)).toBe(1)
})

test('a room that is removed while it is taken is gone when finished', () => {
  const schedule = createSchedule(plain)
  schedule.add(1, 30_000)
  schedule.take(0)
  schedule.remove(1)
  schedule.finish(1, same)
  expect(schedule.size()).toBe(0)
  expect(schedule.take(60_000)).toBeUndefined()
})

test('another interval keeps the place, and the demand follows', () => {
  const schedule = createSchedule(plain)
  schedule.add(1, 30_000, 0)
  expect(schedule.demand()).toBeCloseTo(1 / 30, 12)
  schedule.setInterval(1, 10_000)
  expect(schedule.demand()).toBeCloseTo(1 / 10, 12)
  expect(schedule.msUntilDue(4000)).toBe(6000)
  expect(schedule.explain(1, 4000)).toMatchObject({ lastPolledMs: 0, dueMs: 10_000 })
})

test('a room that emptied is asked once more after the least interval, and no more than once', () => {
  const schedule = createSchedule(plain)
  schedule.add(1, 30_000, -30_000)
  schedule.take(0)
  schedule.finish(1, { changed: true, occupied: false, emptied: true })
  expect(schedule.explain(1, 100)).toMatchObject({ because: 'confirming empty', dueMs: 5000 })
  expect(schedule.msUntilDue(100)).toBe(4900)
  expect(schedule.take(5000)).toBe(1)
  schedule.finish(1, { changed: false, occupied: false, emptied: true })
  expect(schedule.explain(1, 5000)?.because).toBe('interval')
})

test('a failed poll waits its interval, not longer and not shorter', () => {
  const schedule = createSchedule(plain)
  schedule.add(1, 30_000)
  const polls = turns(schedule, { untilMs: 200_000, qps: 40 }, () => failed)
  expect(new Set([...gaps(polls).values()].flat())).toEqual(new Set([30_000]))
})

test('thousands of rooms in any order are put in order at once', () => {
  const schedule = createSchedule(plain)
  const rooms = 20_000
  for (let room = 0; room < rooms; room += 1) schedule.add(room, 600_000, -((room * 7919) % rooms))
  for (let room = 0; room < rooms; room += 1) schedule.setInterval(room, 500_000)
  const ages = Array.from({ length: rooms }, () => ((schedule.take(0) ?? 0) * 7919) % rooms)
  expect(ages).toEqual(ages.toSorted((a, b) => b - a))
})

test('what is due says why', () => {
  const schedule = createSchedule({ ...plain, adaptive: true })
  schedule.add(1, 120_000)
  expect(schedule.explain(1, 0)).toMatchObject({ because: 'never polled', dueMs: 0 })
  expect(schedule.explain(2, 0)).toBeUndefined()
  expect([schedule.dueMs(1, 0), schedule.dueMs(2, 0)]).toEqual([0, undefined])
  const outcome = { changed: true, occupied: true, emptied: false }
  const polls = [...turns(schedule, { untilMs: 1_000_000, qps: 40 }, () => outcome)]
  const explanation = schedule.explain(1, 1_000_000)
  expect(explanation?.because).toBe('changes often')
  expect(explanation?.changesPerHour).toBeGreaterThan(100)
  expect(explanation?.lastPolledMs).toBe(polls.at(-1)?.atMs)
})

test('what only a mistake does is thrown', () => {
  const schedule = createSchedule(plain)
  schedule.add(1, 30_000)
  expect(() => {
    schedule.add(1, 30_000)
  }).toThrow('room 1 is in the schedule already')
  expect(() => {
    schedule.finish(1, same)
  }).toThrow('room 1 was not taken')
})
