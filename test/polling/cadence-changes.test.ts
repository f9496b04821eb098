import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createChangeRates } from '../../src/polling/changes.ts'
import { createRandom } from '../bench/freshness-world.ts'

/** Mean time between changes that is expected of a room, in seconds. */
const meanSeconds = (rates: ReturnType<typeof createChangeRates>, room: number) =>
  1 / rates.rateOf(room) / 1000

/** Shows a room's polls at unequal gaps, while it changes at random every `meanMs` on average. */
function watch(
  rates: ReturnType<typeof createChangeRates>,
  room: number,
  random: () => number,
  { meanMs, polls, isOccupied = true }: { meanMs: number; polls: number; isOccupied?: boolean },
): void {
  for (let poll = 0; poll < polls; poll += 1) {
    const gapMs = 10_000 + random() * 40_000
    const changed = random() < -Math.expm1(-gapMs / meanMs)
    rates.learn(room, { isOccupied, changed, gapMs })
  }
}

test.each([20, 60, 300, 1800])('finds a room that changes every %d s', (seconds) => {
  const random = createRandom(seconds)
  const rates = createChangeRates()
  const found: number[] = []
  for (let round = 0; round < 100; round += 1) {
    watch(rates, 1, random, { meanMs: seconds * 1000, polls: 100 })
    found.push(rates.rateOf(1))
  }
  const mean = found.reduce((sum, rate) => sum + rate, 0) / found.length
  expect(1 / mean / 1000 / seconds).toBeGreaterThan(0.6)
  expect(1 / mean / 1000 / seconds).toBeLessThan(1.6)
})

test('a room that never changes is soon expected not to', () => {
  const rates = createChangeRates()
  watch(rates, 1, createRandom(1), { meanMs: Infinity, polls: 200, isOccupied: false })
  expect(meanSeconds(rates, 1)).toBeGreaterThan(10_000)
})

test('a lesson that starts is noticed within four polls, and its end within ten', () => {
  const random = createRandom(2)
  const rates = createChangeRates()
  for (let room = 0; room < 50; room += 1)
    watch(rates, room, random, { meanMs: room < 25 ? 30_000 : 7_200_000, polls: 200 })
  expect(meanSeconds(rates, 40)).toBeGreaterThan(1500)
  for (let poll = 0; poll < 4; poll += 1)
    rates.learn(40, { isOccupied: true, changed: true, gapMs: 60_000 })
  expect(meanSeconds(rates, 40)).toBeLessThan(60)
  for (let poll = 0; poll < 10; poll += 1)
    rates.learn(40, { isOccupied: true, changed: false, gapMs: 30_000 })
  expect(meanSeconds(rates, 40)).toBeGreaterThan(400)
})

test('people in a room that was empty are enough, when rooms with people change often', () => {
  const random = createRandom(3)
  const rates = createChangeRates()
  for (let room = 0; room < 25; room += 1)
    watch(rates, room, random, { meanMs: 30_000, polls: 200 })
  for (let room = 25; room < 50; room += 1)
    watch(rates, room, random, { meanMs: 7_200_000, polls: 200, isOccupied: false })
  rates.learn(30, { isOccupied: true, changed: true, gapMs: 250_000 })
  expect(meanSeconds(rates, 30)).toBeLessThan(60)
})

test('a room that is forgotten is expected to do what empty rooms do', () => {
  const rates = createChangeRates()
  const before = rates.rateOf(1)
  rates.learn(1, { isOccupied: true, changed: undefined, gapMs: 0 })
  rates.learn(1, { isOccupied: true, changed: true, gapMs: 5000 })
  expect(rates.rateOf(1)).not.toBe(before)
  rates.forget(1)
  expect(rates.rateOf(1)).toBe(before)
})

test('whatever is seen, at whatever gaps, a rate stays between one a day and one in 10 s', () => {
  const sight = fc.record({
    isOccupied: fc.boolean(),
    changed: fc.constantFrom(true, false, undefined),
    gapMs: fc.oneof(fc.constant(0), fc.nat(100_000), fc.double({ min: 0, max: 1e12, noNaN: true })),
  })
  fc.assert(
    fc.property(fc.array(sight, { maxLength: 60 }), (sights) => {
      const rates = createChangeRates()
      for (const one of sights) rates.learn(1, one)
      expect(rates.rateOf(1)).toBeGreaterThan(0.999 / 86_400_000)
      expect(rates.rateOf(1)).toBeLessThan(1.001 / 10_000)
    }),
  )
})
