import { expect, test } from '@jest/globals'
import type { Answer } from '../../src/room.ts'
import { createTrends } from '../../src/rooms/trends.ts'
import { createManualClock } from '../support/clock.ts'

const gauges = { budgetQps: 40, demandQps: 12, sweepMs: 1500, oldestAgeMs: 4000 }
const success: Answer = { reading: { kind: 'absent' }, sentAtMs: 0, durationMs: 1 }
const timeout: Answer = {
  ...success,
  reading: { kind: 'failed', failure: { reason: 'timeout', detail: '' } },
}

function start() {
  const clock = createManualClock()
  const trends = createTrends(clock, () => gauges)
  const stopping = new AbortController()
  const done = trends.run(stopping.signal)
  return { clock, trends, stopping, done }
}

test('counts the requests and failures of each span and measures at its end', async () => {
  const { clock, trends } = start()
  expect(trends.samples()).toEqual([])
  for (const answer of [success, success, timeout]) trends.answered(answer)
  await clock.pass(10_000)
  trends.answered(success)
  await clock.pass(10_000)
  expect(trends.samples()).toEqual([
    {
      ...gauges,
      endMs: clock.now() - 10_000,
      spanMs: 10_000,
      requests: 3,
      failures: { timeout: 1 },
    },
    { ...gauges, endMs: clock.now(), spanMs: 10_000, requests: 1, failures: {} },
  ])
})

test('remembers a quarter of an hour, and nothing once it is stopped', async () => {
  const { clock, trends, stopping, done } = start()
  await clock.pass(3_600_000)
  expect(trends.samples()).toHaveLength(90)
  expect(trends.samples()[0]?.endMs).toBe(clock.now() - 890_000)
  stopping.abort()
  await done
  await clock.pass(60_000)
  expect(trends.samples().at(-1)?.endMs).toBe(clock.now() - 60_000)
  expect(clock.sleepers()).toBe(0)
})
