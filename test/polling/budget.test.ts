import { expect, test } from '@jest/globals'
import { createBudget } from '../../src/polling/budget.ts'
import { worstSecond } from '../../src/simulator/second.ts'
import { realClock } from '../support/clock.ts'

/** Bottleneck keeps its own time, so these run in real time; what they assert holds however slow it is. */
async function spend(
  budget: ReturnType<typeof createBudget>,
  ms: number,
  request: (written: () => void) => Promise<unknown>,
) {
  const starts: number[] = []
  const end = performance.now() + ms
  while (performance.now() < end)
    await budget.admit((written) => {
      starts.push(performance.now())
      return request(() => {
        starts[starts.length - 1] = performance.now()
        written()
      })
    })
  return starts
}

const atOnce = (written: () => void) => {
  written()
  return Promise.resolve()
}

test.each([40, 12.5, 3])('at %d a second no sliding second holds more', async (qps) => {
  const budget = createBudget({ qps, networkJitterMs: 0 }, realClock)
  const times = await spend(budget, 3500, atOnce)
  expect(times.length).toBeGreaterThan(qps)
  expect(worstSecond(times)).toBeLessThanOrEqual(qps)
})

test('nothing is asked in the first second: what was sent before the start is unknown', async () => {
  const startedAt = performance.now()
  const budget = createBudget({ qps: 40, networkJitterMs: 20 }, realClock)
  let admittedAt = 0
  await budget.admit((written) => {
    admittedAt = performance.now()
    return atOnce(written)
  })
  expect(admittedAt - startedAt).toBeGreaterThanOrEqual(1020)
})

test('a stall between the start and the write only makes the lease longer', async () => {
  const budget = createBudget({ qps: 40, networkJitterMs: 0 }, realClock)
  let count = 0
  const times = await spend(budget, 4500, (written) => {
    if (++count % 30 === 0) {
      const until = performance.now() + 300
      while (performance.now() < until);
    }
    return atOnce(written)
  })
  expect(worstSecond(times)).toBeLessThanOrEqual(40)
})

test('slow answers cost no rate, and a request that is never written still gives its slot back', async () => {
  const budget = createBudget({ qps: 2, networkJitterMs: 0 }, realClock)
  const order: string[] = []
  const never = new Promise(() => undefined)
  await budget.admit((written) => {
    written()
    order.push('slow')
    return never
  })
  await budget.admit(() => {
    order.push('broken')
    return Promise.resolve()
  })
  await budget.admit(() => undefined)
  await budget.admit((written) => {
    order.push('next')
    return atOnce(written)
  })
  expect(order).toEqual(['slow', 'broken', 'next'])
})

test('slowing down makes leases longer, and the rate lower', () => {
  const budget = createBudget({ qps: 40, networkJitterMs: 20 }, realClock)
  expect(budget.leaseMs()).toBe(1021)
  expect(budget.slowDown(0.5)).toBe(true)
  expect(budget.slowDown(0.5)).toBe(false)
  expect(budget.leaseMs()).toBe(2021)
  expect(budget.rate()).toBeCloseTo(19.8, 1)
  budget.set({ qps: 0.5, networkJitterMs: 0 })
  expect(budget.leaseMs()).toBe(4001)
})
