import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createLimit, meanRate, worstSecond } from '../../src/simulator/second.ts'

/** Multiples of 1/8 ms, often a whole second apart: exact in floating point, so edges are hit. */
const times = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.constantFrom(0, 8000, 16_000, 24_000)),
  { maxLength: 60 },
)
const toMs = (eighths: readonly number[]) => eighths.map((eighth) => eighth / 8)

const naive = (all: readonly number[]) =>
  Math.max(0, ...all.map((end) => all.filter((time) => time <= end && end - time < 1000).length))

test('the worst second is what counting every window gives, in any order of times', () => {
  fc.assert(
    fc.property(times, (eighths) => {
      expect(worstSecond(toMs(eighths))).toBe(naive(toMs(eighths)))
    }),
  )
})

test('times exactly a second apart do not share a second', () => {
  expect(worstSecond([0, 1000])).toBe(1)
  expect(worstSecond([0, 999.999])).toBe(2)
  expect(worstSecond([])).toBe(0)
})

test('the limit refuses exactly the arrivals whose second holds too many', () => {
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 5 }), (eighths, perSecond) => {
      const sorted = toMs(eighths).toSorted((a, b) => a - b)
      const admits = createLimit()
      sorted.forEach((time, index) => {
        const counted = sorted.slice(0, index + 1).filter((other) => time - other < 1000).length
        expect(admits(time, perSecond)).toBe(counted <= perSecond)
      })
    }),
  )
})

test('some arrival is refused exactly when the worst second is over the limit', () => {
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 5 }), (eighths, perSecond) => {
      const sorted = toMs(eighths).toSorted((a, b) => a - b)
      const admits = createLimit()
      const verdicts = sorted.map((time) => admits(time, perSecond))
      expect(verdicts.includes(false)).toBe(worstSecond(sorted) > perSecond)
    }),
  )
})

test('the mean rate goes from the first arrival to the last', () => {
  expect(meanRate([500, 525, 550, 575, 600])).toBe(40)
  expect(meanRate([500])).toBe(0)
  expect(meanRate([])).toBe(0)
})
