import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createCadence, demandOf } from '../../src/polling/cadence.ts'

const someClass = fc.record({
  intervalMs: fc.integer({ min: 5000, max: 600_000 }),
  changesPerMs: fc.double({ min: 1e-9, max: 1e-3, noNaN: true }),
  members: fc.integer({ min: 1, max: 3000 }),
})
const someClasses = fc.array(someClass, { minLength: 1, maxLength: 20 })
const someQps = fc.double({ min: 0.1, max: 40, noNaN: true })

test('keeps what was promised, spends no more than there is, and leaves nothing that is needed', () => {
  fc.assert(
    fc.property(someClasses, someQps, (classes, qps) => {
      const minIntervalMs = 5000
      const paceOf = createCadence(classes, { qps, minIntervalMs, adaptive: true })
      const stretch = Math.max(1, demandOf(classes) / qps)
      const paced = classes.map((one) => ({ ...one, ...paceOf(one) }))
      for (const { intervalMs, targetMs, limitMs } of paced) {
        expect(targetMs).toBeLessThanOrEqual(limitMs * (1 + 1e-9))
        expect(limitMs).toBeLessThanOrEqual(2 * stretch * intervalMs * (1 + 1e-9))
        if (stretch === 1) expect(limitMs).toBe(intervalMs)
        expect(targetMs).toBeGreaterThanOrEqual(minIntervalMs * (1 - 1e-9))
      }
      const spent = paced.reduce(
        (sum, { members, targetMs }) => sum + (1000 * members) / targetMs,
        0,
      )
      expect(spent).toBeLessThanOrEqual(qps * 1.000001)
      const wanting = paced.filter(
        ({ targetMs, intervalMs, changesPerMs }) =>
          targetMs > 1.01 * Math.max(minIntervalMs, Math.min(1 / (4 * changesPerMs), intervalMs)),
      )
      if (wanting.length > 0) expect(spent).toBeGreaterThan(0.99 * qps)
    }),
  )
})

test('between its bounds a room is polled in proportion to the root of its rate', () => {
  const often = { intervalMs: 600_000, changesPerMs: 1 / 20_000, members: 100 }
  const seldom = { intervalMs: 600_000, changesPerMs: 1 / 180_000, members: 100 }
  const paceOf = createCadence([often, seldom], { qps: 4, minIntervalMs: 5000, adaptive: true })
  expect(paceOf(seldom).targetMs / paceOf(often).targetMs).toBeCloseTo(3, 6)
})

test('no room is asked more than four times for each change expected of it', () => {
  const rooms = { intervalMs: 600_000, changesPerMs: 1 / 100_000, members: 3 }
  const paceOf = createCadence([rooms], { qps: 40, minIntervalMs: 5000, adaptive: true })
  expect(paceOf(rooms).targetMs).toBeCloseTo(25_000, 6)
})

test('500 rooms that change every 30 s among 4,500 idle ones get what those leave', () => {
  const busy = { intervalMs: 250_000, changesPerMs: 1 / 30_000, members: 500 }
  const idle = { intervalMs: 250_000, changesPerMs: 1 / 7_200_000, members: 4500 }
  const paceOf = createCadence([busy, idle], { qps: 40, minIntervalMs: 5000, adaptive: true })
  expect(paceOf(idle).targetMs).toBe(250_000)
  expect(paceOf(busy).targetMs / 1000).toBeCloseTo(500 / 22, 1)
})

test('without adapting, targets are the intervals, stretched by one factor where they must', () => {
  const rooms = { intervalMs: 30_000, changesPerMs: 1 / 30_000, members: 5000 }
  const options = { minIntervalMs: 5000, adaptive: false }
  expect(createCadence([rooms], { ...options, qps: 200 })(rooms).targetMs).toBe(30_000)
  expect(createCadence([rooms], { ...options, qps: 40 })(rooms).targetMs).toBeCloseTo(125_000, 6)
})
