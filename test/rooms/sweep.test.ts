import { expect, test } from '@jest/globals'
import { createSweep } from '../../src/rooms/sweep.ts'
import { createManualClock } from '../support/clock.ts'

test('a sweep is over when every room has been polled, however often the others were', async () => {
  const clock = createManualClock()
  const sweep = createSweep(clock)
  sweep.set([0, 1, 2], [0, 1, 2])
  expect([0, 0, 1].map((slot) => sweep.polled(slot))).toEqual([false, false, false])
  expect([sweep.remaining(), sweep.lastMs()]).toEqual([1, undefined])
  await clock.pass(1500)
  expect(sweep.polled(2)).toBe(true)
  expect([sweep.completed(), sweep.lastMs(), sweep.remaining()]).toEqual([1, 1500, 3])
})

test('a room that leaves is not waited for, one that comes is', () => {
  const sweep = createSweep(createManualClock())
  sweep.set([0, 1], [0, 1])
  sweep.polled(0)
  sweep.set([0, 2], [2])
  expect(sweep.remaining()).toBe(1)
  expect(sweep.polled(2)).toBe(true)
})

test('a sweep whose last room leaves is over at the next poll', () => {
  const sweep = createSweep(createManualClock())
  sweep.set([0, 1], [0, 1])
  sweep.polled(0)
  sweep.set([0], [])
  expect(sweep.polled(0)).toBe(true)
})

test('a sweep that skips rooms waits for the others, and is no measure of a sweep', async () => {
  const clock = createManualClock()
  const sweep = createSweep(clock)
  sweep.set([0, 1, 2], [0, 1, 2])
  sweep.skip([0, 2])
  expect([sweep.remaining(), sweep.completed()]).toEqual([1, 0])
  expect(sweep.polled(1)).toBe(true)
  expect([sweep.completed(), sweep.lastMs(), sweep.remaining()]).toEqual([1, undefined, 3])
  await clock.pass(700)
  for (const slot of [0, 1, 2]) sweep.polled(slot)
  expect([sweep.completed(), sweep.lastMs()]).toEqual([2, 700])
})

test('a sweep that skips every room is over', () => {
  const sweep = createSweep(createManualClock())
  sweep.set([0, 1], [0, 1])
  sweep.skip([0, 1])
  expect([sweep.completed(), sweep.remaining()]).toEqual([1, 2])
})
