import { expect, test } from '@jest/globals'
import type { Brake } from '../../src/polling/brake.ts'
import {
  brakeAfterAnswer,
  brakeAfterReload,
  brakeAfterRequest,
  isCircuitOpen,
  noBrake,
  shareAt,
  silenceMs,
} from '../../src/polling/brake.ts'
import type { Answer, FailureReason } from '../../src/room.ts'
import { failureReasons } from '../../src/room.ts'

const answer = (reading: Answer['reading']): Answer => ({ reading, sentAtMs: 0, durationMs: 1 })
const failure = (reason: FailureReason, retryAfterMs?: number) =>
  answer({
    kind: 'failed',
    failure: { reason, detail: '', ...(retryAfterMs !== undefined && { retryAfterMs }) },
  })
const success = answer({ kind: 'absent' })
const throttledAt = (brake: Brake, startedMs: number, nowMs = startedMs) =>
  brakeAfterAnswer(brake, failure('throttled'), startedMs, nowMs)

test('a throttle halves the share once for all requests that were under way', () => {
  const once = throttledAt(noBrake, 1000, 1100)
  const again = throttledAt(throttledAt(once, 1050, 1120), 1080, 1130)
  expect(shareAt(again, 1130)).toBeCloseTo(0.5, 3)
  expect(shareAt(throttledAt(again, 3050), 3200)).toBeCloseTo(0.5, 2)
  expect(shareAt(throttledAt(again, 3200), 3200)).toBeCloseTo(0.25, 2)
})

test('a halved share is whole again after five minutes, and grows evenly until then', () => {
  const brake = throttledAt(noBrake, 0)
  expect([0, 60_000, 150_000, 300_000, 900_000].map((ms) => shareAt(brake, ms))).toEqual([
    0.5, 0.6, 0.75, 1, 1,
  ])
})

test('however often it is throttled, an account is still asked now and then', () => {
  const brake = Array.from({ length: 50 }).reduce<Brake>((b, _, i) => throttledAt(b, i), noBrake)
  expect(shareAt(brake, 50)).toBeGreaterThanOrEqual(1 / 64)
})

test('Retry-After is kept', () => {
  const brake = brakeAfterAnswer(noBrake, failure('throttled', 2000), 0, 500)
  expect([500, 1500, 2500].map((now) => silenceMs(brake, now))).toEqual([2000, 1000, 0])
})

test('auth opens the circuit: one trial every 30 s until one succeeds', () => {
  const open = brakeAfterAnswer(noBrake, failure('auth'), 0, 0)
  expect(isCircuitOpen(open)).toBe(true)
  expect(silenceMs(open, 10_000)).toBe(20_000)
  const tried = brakeAfterRequest(open, 30_000)
  expect(silenceMs(tried, 30_000)).toBe(30_000)
  expect(isCircuitOpen(brakeAfterAnswer(tried, failure('timeout'), 30_000, 30_500))).toBe(true)
  expect(isCircuitOpen(brakeAfterAnswer(tried, success, 30_000, 30_500))).toBe(false)
  expect(isCircuitOpen(brakeAfterAnswer(tried, failure('room_config'), 30_000, 30_500))).toBe(false)
})

test('a reload lets an open circuit try at once', () => {
  const open = brakeAfterAnswer(noBrake, failure('auth'), 0, 0)
  expect(silenceMs(brakeAfterReload(open, 5000), 5000)).toBe(0)
})

test.each(failureReasons.filter((reason) => reason !== 'throttled' && reason !== 'auth'))(
  '%s does not slow the account down',
  (reason) => {
    const brake = brakeAfterAnswer(noBrake, failure(reason), 0, 0)
    expect([shareAt(brake, 0), silenceMs(brake, 0), isCircuitOpen(brake)]).toEqual([1, 0, false])
  },
)
