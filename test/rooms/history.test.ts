import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Answer, FailureReason } from '../../src/room.ts'
import { createHistory, pollsKept } from '../../src/rooms/history.ts'

function success(sentAtMs: number, users = 1): Answer {
  const reading = { kind: 'present', users, invisibleUsers: 0 } as const
  return { reading, sentAtMs, durationMs: 20, requestId: `id-${String(sentAtMs)}` }
}
function failure(sentAtMs: number, reason: FailureReason = 'timeout'): Answer {
  return {
    reading: { kind: 'failed', failure: { reason, detail: 'no answer' } },
    sentAtMs,
    durationMs: 5000,
  }
}

test('remembers polls newest first, with how many requests each took', () => {
  const history = createHistory()
  history.set(1, [0])
  history.asked(0)
  history.finished(0, success(1000))
  for (let attempt = 0; attempt < 3; attempt++) history.asked(0)
  history.finished(0, failure(2000))
  expect(history.polls(0)).toEqual([
    { ...failure(2000), attempts: 3 },
    { ...success(1000), attempts: 1 },
  ])
})

test('a failure outlives the successes after it, until enough younger failures come', () => {
  const history = createHistory()
  history.set(1, [0])
  history.finished(0, failure(1, 'auth'))
  for (let at = 2; at < 500; at++) history.finished(0, success(at))
  expect(history.polls(0)).toHaveLength(pollsKept(1))
  expect(history.lastFailure(0)).toMatchObject({ sentAtMs: 1 })
  for (let at = 500; at < 600; at++) history.finished(0, failure(at))
  expect(history.polls(0)).toHaveLength(pollsKept(1))
  expect(history.polls(0).at(-1)?.sentAtMs).toBeGreaterThan(1)
})

test('failing begins with the first of the failures in a row and ends with a success', () => {
  const history = createHistory()
  history.set(1, [0])
  history.finished(0, success(1))
  expect(history.failingSinceMs(0)).toBeUndefined()
  history.finished(0, failure(2))
  history.finished(0, failure(3))
  expect(history.failingSinceMs(0)).toBe(2)
  history.finished(0, success(4))
  expect(history.failingSinceMs(0)).toBeUndefined()
  expect(history.lastFailure(0)).toMatchObject({ sentAtMs: 3 })
})

test('a slot that another room takes over begins anew, the others keep what they have', () => {
  const history = createHistory()
  history.set(2, [0, 1])
  history.asked(0)
  history.finished(0, failure(1))
  history.finished(1, success(1))
  history.asked(0)
  history.set(2, [0])
  expect(history.polls(0)).toEqual([])
  expect(history.lastFailure(0)).toBeUndefined()
  expect(history.polls(1)).toHaveLength(1)
  history.asked(0)
  history.finished(0, success(2))
  expect(history.polls(0)).toMatchObject([{ attempts: 1 }])
})

test.each([
  [1, 20],
  [5000, 20],
  [10_000, 10],
  [20_000, 5],
  [100_000, 2],
])('of %i rooms it keeps %i polls each', (rooms, kept) => {
  expect(pollsKept(rooms)).toBe(kept)
})

test('never keeps more than the limit, whatever comes, also when rooms are added', () => {
  const answers = fc.array(fc.boolean(), { maxLength: 80 })
  fc.assert(
    fc.property(answers, answers, (before, after) => {
      const history = createHistory()
      history.set(1, [0])
      const feed = (list: readonly boolean[], from: number) => {
        for (const [index, isGood] of list.entries())
          history.finished(0, isGood ? success(from + index) : failure(from + index))
      }
      feed(before, 0)
      expect(history.polls(0)).toHaveLength(Math.min(before.length, 20))
      history.set(20_000, [])
      expect(history.polls(0)).toHaveLength(Math.min(before.length, 5))
      feed(after, 1000)
      const times = history.polls(0).map(({ sentAtMs }) => sentAtMs)
      expect(times).toEqual([...times].sort((a, b) => b - a))
      expect(times.length).toBeLessThanOrEqual(5)
      const all = [...before, ...after]
      if (all.includes(false)) expect(history.lastFailure(0)).toBeDefined()
    }),
  )
})
