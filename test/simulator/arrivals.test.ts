import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createArrivals } from '../../src/simulator/arrivals.ts'

const arrival = (atMs: number) => ({
  atMs,
  accessKeyId: atMs % 2 === 0 ? 'even' : 'odd',
  appId: 'app',
  roomId: 'room',
  verdict: 'ok',
})

test('of any number of arrivals the last ones are kept, in their order', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 10 }), (count, capacity) => {
      const arrivals = createArrivals(capacity)
      const all = Array.from({ length: count }, (_, index) => arrival(index))
      all.forEach((each) => {
        arrivals.add(each)
      })
      expect(arrivals.list()).toEqual(all.slice(-capacity))
      expect(arrivals.list({ accessKeyId: 'odd', afterMs: 3 })).toEqual(
        all.slice(-capacity).filter(({ atMs }) => atMs % 2 === 1 && atMs > 3),
      )
      arrivals.clear()
      arrivals.add(arrival(7))
      expect(arrivals.list()).toEqual([arrival(7)])
    }),
  )
})
