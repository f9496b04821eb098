import { expect, test } from '@jest/globals'
import { watchLoops } from '../../src/polling/watchdog.ts'
import { createManualClock } from '../support/clock.ts'

function watch() {
  const clock = createManualClock()
  const why = new Map<string, string | undefined>([['a', undefined]])
  const told: string[] = []
  const stopping = new AbortController()
  const watching = watchLoops(
    {
      clock,
      loops: () => why,
      stalled: (account, reason) => told.push(`${account} stands: ${reason}`),
      moves: (account) => told.push(`${account} moves`),
    },
    stopping.signal,
  )
  return { clock, why, told, stopping, watching }
}

test('a loop that stands is told of once, and once when it moves again', async () => {
  const { clock, why, told } = watch()
  why.set('a', 'not moved for 13s')
  await clock.pass(60_000)
  expect(told).toEqual(['a stands: not moved for 13s'])
  why.set('a', undefined)
  await clock.pass(60_000)
  expect(told).toEqual(['a stands: not moved for 13s', 'a moves'])
  why.set('a', 'not moved for 14s')
  await clock.pass(60_000)
  expect(told.slice(2)).toEqual(['a stands: not moved for 14s'])
})

test('what is over at the next look was a machine that slept', async () => {
  const { clock, why, told } = watch()
  why.set('a', 'not moved for 3600s')
  await clock.pass(5000)
  why.set('a', undefined)
  await clock.pass(60_000)
  expect(told).toEqual([])
})

test('it ends when it is told to', async () => {
  const { clock, stopping, watching } = watch()
  stopping.abort()
  await watching
  expect(clock.sleepers()).toBe(0)
})
