import { expect, test } from '@jest/globals'
import type { Progress } from '../../src/rooms/first-sweep.ts'
import { createFirstSweep } from '../../src/rooms/first-sweep.ts'
import { createSweep } from '../../src/rooms/sweep.ts'
import { createManualClock } from '../support/clock.ts'

function start(rooms: number) {
  const clock = createManualClock()
  const sweep = createSweep(clock)
  const slots = Array.from({ length: rooms }, (_, slot) => slot)
  sweep.set(slots, slots)
  return { clock, sweep, first: createFirstSweep(clock, sweep, () => rooms) }
}

test('tells how many rooms were polled and how long the rest takes at that speed', async () => {
  const { clock, sweep, first } = start(100)
  expect(first.progress()).toEqual({ polled: 0, rooms: 100, leftMs: undefined })
  await clock.pass(5000)
  for (let slot = 0; slot < 20; slot++) sweep.polled(slot)
  expect(first.progress()).toEqual({ polled: 20, rooms: 100, leftMs: 20_000 })
  for (let slot = 20; slot < 100; slot++) sweep.polled(slot)
  expect(first.progress()).toBeUndefined()
})

test('without rooms there is nothing to wait for', () => {
  expect(start(0).first.progress()).toBeUndefined()
})

test('reports now and then until the sweep is over', async () => {
  const { clock, sweep, first } = start(100)
  const reports: Progress[] = []
  const done = first.run(new AbortController().signal, (progress) => reports.push(progress))
  await clock.pass(15_000)
  sweep.polled(0)
  await clock.pass(15_000)
  for (let slot = 1; slot < 100; slot++) sweep.polled(slot)
  await clock.pass(15_000)
  await done
  expect(reports.map(({ polled }) => polled)).toEqual([0, 1])
})

test('says nothing of a sweep that is done before the first report, or once it is stopped', async () => {
  const { clock, first } = start(100)
  const stopping = new AbortController()
  const reports: Progress[] = []
  const done = first.run(stopping.signal, (progress) => reports.push(progress))
  stopping.abort()
  await done
  await clock.pass(60_000)
  expect(reports).toEqual([])
})
