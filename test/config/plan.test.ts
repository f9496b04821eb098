import { expect, test } from '@jest/globals'
import { effectiveRate, formatPlan, planOf } from '../../src/config/plan.ts'
import { configFor } from './folder.ts'

const rooms = (count: number, intervalMs: number) =>
  Array.from({ length: count }, () => ({ account: 'default', intervalMs }))
const account = { name: 'default', qps: 40 }
const input = {
  api: { networkJitterMs: 20 },
  accounts: [account],
  polling: { adaptive: true },
  rooms: rooms(500, 1000),
}

test.each([
  [40, 0, 40],
  [40, 250, 32],
  [1.9, 0, 1],
  [0.5, 0, 0.5],
  [0.5, 500, 0.4],
])('of %f requests a second %i ms of jitter leave %f', (qps, jitterMs, rate) => {
  expect(effectiveRate(qps, jitterMs)).toBeCloseTo(rate, 10)
})

test('within the budget a value gets as old as its interval', () => {
  const plan = planOf({ ...input, rooms: rooms(1000, 30_000) })
  expect(plan.accounts[0]).toMatchObject({
    stretch: 1,
    classes: [{ intervalMs: 30_000, rooms: 1000, ageBoundMs: 30_000, maxAgeMs: 90_000 }],
  })
})

test('over the budget every interval stretches by one factor, twice that when adaptive', () => {
  const mixed = { ...input, rooms: [...rooms(500, 10_000), ...rooms(500, 20_000)] }
  const stretch = 75 / (40 / 1.02)
  const steady = planOf({ ...mixed, polling: { adaptive: false } }).accounts[0]
  expect(steady?.stretch).toBeCloseTo(stretch, 10)
  expect(steady?.classes.map(({ ageBoundMs }) => ageBoundMs / 1000)).toEqual([
    expect.closeTo(10 * stretch, 6),
    expect.closeTo(20 * stretch, 6),
  ])
  const adaptive = planOf(mixed).accounts[0]
  expect(adaptive?.classes[0]?.ageBoundMs).toBeCloseTo(20_000 * stretch, 6)
})

test('max_age is what is configured, else the largest of its rules', () => {
  const maxAge = (count: number, intervalMs: number, maxAgeMs?: number) =>
    planOf({
      ...input,
      rooms: rooms(count, intervalMs),
      polling: { adaptive: true, ...(maxAgeMs !== undefined && { maxAgeMs }) },
    }).accounts[0]?.classes[0]?.maxAgeMs
  expect(maxAge(1, 1000)).toBe(60_000)
  expect(maxAge(1, 40_000)).toBe(120_000)
  expect(maxAge(4000, 120_000)).toBe(360_000)
  expect(maxAge(8000, 240_000)).toBe(720_000)
  expect(maxAge(4000, 30_000)).toBe(1.5 * 2 * 102_000)
  expect(maxAge(4000, 30_000, 45_000)).toBe(45_000)
})

test('the plan is printed line by line, with the interval that would fit', () => {
  expect(formatPlan(planOf(input))).toEqual([
    '500 rooms, 2500 room series',
    'account "default": 500 rooms, demand 500/s, budget 40/s (39.22/s with network jitter), one sweep 12.8s',
    'account "default", interval 1s: 500 rooms, asked for again at most 25.5s later, withdrawn when older than 60s',
    'account "default": demand is over the budget, intervals stretch 12.75 times; an interval of 13s for all its rooms would fit',
  ])
})

test('series count the info and min_users lines of the rooms that have them', async () => {
  const config = await configFor({
    'main.yml':
      '- { app_id: a, room_id: r }\n- { app_id: a, room_id: s, min_users: 0, labels: { a: b } }\n',
  })
  expect(planOf(config)).toMatchObject({ rooms: 2, series: 12 })
})

test('an account without rooms is in the plan with nothing to do', () => {
  expect(formatPlan(planOf({ ...input, rooms: [] }))).toEqual([
    '0 rooms, 0 room series',
    'account "default": 0 rooms, demand 0/s, budget 40/s (39.22/s with network jitter), one sweep 0s',
  ])
})
