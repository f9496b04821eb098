import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createSchedule } from '../../src/polling/schedule.ts'
import type { Outcome } from '../../src/room.ts'
import { gaps, turns, type Polled } from './schedule-turns.ts'

const options = { minIntervalMs: 5000, adaptive: false }
const busyIf = (isBusy: boolean): Outcome => ({ changed: isBusy, occupied: isBusy, emptied: false })
const everySeventh = (room: number) => busyIf(room % 7 === 0)
const largest = (lists: Iterable<readonly number[]>) => Math.max(...[...lists].flat())

function scheduleOf(qps: number, adaptive: boolean, rooms: number, intervalMs: number) {
  const schedule = createSchedule({ ...options, adaptive, qps })
  for (let room = 0; room < rooms; room += 1) schedule.add(room, intervalMs)
  return schedule
}

test.each([true, false])('the first sweep starts at once, at the full rate (adaptive %s)', (on) => {
  const schedule = scheduleOf(40, on, 1000, 30_000)
  const polls = [...turns(schedule, { untilMs: 24_999, qps: 40 }, everySeventh)]
  expect(polls.map(({ room }) => room)).toEqual(Array.from({ length: 1000 }, (_, room) => room))
  expect(schedule.pending()).toBe(0)
})

test('rooms of one interval that fit the budget are never polled later than it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 6000, max: 60_000 }),
      fc.double({ min: 0.05, max: 0.97, noNaN: true }),
      fc.boolean(),
      (intervalMs, load, adaptive) => {
        const rooms = Math.max(1, Math.floor((load * 40 * intervalMs) / 1000))
        const schedule = scheduleOf(40, adaptive, rooms, intervalMs)
        const polls = turns(schedule, { untilMs: 5 * intervalMs, qps: 40 }, everySeventh)
        expect(largest(gaps(polls).values())).toBeLessThanOrEqual(intervalMs + 25.1)
      },
    ),
    { numRuns: 8, seed: 3 },
  )
})

test('rooms of several intervals that fit the budget settle within their intervals', () => {
  const kind = fc.record({ intervalMs: fc.integer({ min: 6000, max: 60_000 }), share: fc.nat(9) })
  fc.assert(
    fc.property(fc.array(kind, { minLength: 2, maxLength: 4 }), fc.boolean(), (kinds, adaptive) => {
      const schedule = createSchedule({ ...options, adaptive, qps: 40 })
      const shares = kinds.reduce((sum, { share }) => sum + share + 1, 0)
      const intervals = kinds.flatMap(({ intervalMs, share }) =>
        Array.from({ length: (((share + 1) / shares) * 36 * intervalMs) / 1000 }, () => intervalMs),
      )
      for (const [room, intervalMs] of intervals.entries()) schedule.add(room, intervalMs)
      const longestMs = Math.max(...intervals)
      const polls = [...turns(schedule, { untilMs: 6 * longestMs, qps: 40 }, everySeventh)]
      const latest = (some: readonly Polled[], slots: number) =>
        largest(
          [...gaps(some)].map(([room, list]) =>
            list.map((gapMs) => (gapMs - slots * 25) / (intervals[room] ?? 0)),
          ),
        )
      expect(latest(polls, 0)).toBeLessThan(1.35)
      const settled = polls.filter(({ atMs }) => atMs > 3 * longestMs)
      expect(latest(settled, 8)).toBeLessThan(1.03)
    }),
    { numRuns: 6, seed: 3 },
  )
})

test('a demand over the budget stretches equal intervals to rooms ÷ qps, within 5 %', () => {
  const schedule = scheduleOf(40, false, 5000, 30_000)
  const times = [...gaps(turns(schedule, { untilMs: 700_000, qps: 40 })).values()].flat()
  expect(Math.max(...times)).toBeLessThan(1.05 * 125_000)
  expect(Math.min(...times)).toBeGreaterThan(0.95 * 125_000)
})

test('and different ones by one factor', () => {
  const schedule = scheduleOf(10, false, 300, 10_000)
  for (let room = 300; room < 600; room += 1) schedule.add(room, 30_000)
  const settled = [...turns(schedule, { untilMs: 600_000, qps: 10 })].filter(
    ({ atMs }) => atMs > 200_000,
  )

  const stretches = [...gaps(settled)].flatMap(([room, list]) =>
    list.map((gapMs) => gapMs / (room < 300 ? 10_000 : 30_000)),
  )
  expect(Math.max(...stretches)).toBeLessThan(4 * 1.08)
  expect(Math.min(...stretches)).toBeGreaterThan(4 * 0.92)
})

test('rooms that change never cost another more than twice its stretched interval', () => {
  const schedule = scheduleOf(40, true, 3000, 10_000)
  const polls = turns(schedule, { untilMs: 600_000, qps: 40 }, everySeventh)
  expect(largest(gaps(polls).values())).toBeLessThanOrEqual(2 * 75_000 + 25.1)
})

test('no room is polled more often than the least interval, however often it changes', () => {
  const schedule = scheduleOf(40, true, 100, 60_000)
  const polls = turns(schedule, { untilMs: 600_000, qps: 40 }, () => busyIf(true))
  const times = [...gaps(polls).values()].flat()
  expect(Math.min(...times)).toBeGreaterThanOrEqual(5000)
  expect(times.at(-1)).toBeLessThan(5100)
})

test('rooms that never change stay at their interval, and the rest of the budget is not spent', () => {
  const schedule = scheduleOf(40, true, 100, 60_000)
  const polls = [...turns(schedule, { untilMs: 3_600_000, qps: 40 })]
  expect(polls.length / 3600).toBeLessThan(1.05 * schedule.demand())
})

test('thousands of new rooms keep polled ones within their interval, and get their turns', () => {
  const schedule = scheduleOf(40, false, 200, 20_000)
  const before = [...turns(schedule, { untilMs: 100_000, qps: 40 })]
  for (let room = 200; room < 5200; room += 1) schedule.add(room, 300_000)
  const during = [...turns(schedule, { fromMs: 100_000, untilMs: 350_000, qps: 40 })]
  const ofOld = [...before, ...during].filter(({ room }) => room < 200)
  expect(largest(gaps(ofOld).values())).toBeLessThan(20_000 * 1.01)
  expect(schedule.pending()).toBe(0)
})
