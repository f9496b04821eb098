import { afterEach, expect, test } from '@jest/globals'
import type { Budget } from '../../src/polling/budget.ts'
import { createPoller } from '../../src/polling/poller.ts'
import { createSchedule } from '../../src/polling/schedule.ts'
import type { Answer, FailureReason, Reading } from '../../src/room.ts'
import { createManualClock } from '../support/clock.ts'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

const present: Reading = { kind: 'present', users: 1, invisibleUsers: 0 }
const failed = (reason: FailureReason): Reading => ({
  kind: 'failed',
  failure: { reason, detail: '' },
})

/** The loop in virtual time: slots every 25 ms, answers after 10 ms, decided by `answer`. */
function start(
  rooms: number,
  answer: (slot: number, nowMs: number) => Reading | Promise<Reading>,
  { intervalMs = 30_000, maxInFlight = 100 } = {},
) {
  const clock = createManualClock()
  const schedule = createSchedule({ qps: 40, minIntervalMs: 5000, adaptive: false })
  for (let slot = 0; slot < rooms; slot++) schedule.add(slot, intervalMs)
  let share = 1
  const budget: Budget = {
    async admit(begin) {
      await clock.sleep(25 / share)
      void begin(() => undefined)
    },
    set: () => undefined,
    slowDown(next) {
      share = next
      return true
    },
    leaseMs: () => 1021,
    rate: () => 40 * share,
  }
  const begun = clock.monotonic()
  const requests: { slot: number; atMs: number }[] = []
  const polls: { slot: number; kind: string; atMs: number }[] = []
  const elapsed = () => clock.monotonic() - begun
  const poller = createPoller({
    schedule,
    budget,
    clock,
    random: () => 0.5,
    ask(slot) {
      requests.push({ slot, atMs: elapsed() })
      return (async (): Promise<Answer> => {
        const sentAtMs = clock.now()
        await clock.sleep(10)
        return { reading: await answer(slot, elapsed()), sentAtMs, durationMs: 10 }
      })()
    },
    answered: () => undefined,
    retried: () => undefined,
    finished(slot, { reading }) {
      polls.push({ slot, kind: reading.kind, atMs: elapsed() })
      return { changed: false, occupied: true, emptied: false }
    },
    maxInFlight: () => maxInFlight,
    timeoutMs: () => 5000,
  })
  const stopping = new AbortController()
  stops.push(() => {
    stopping.abort()
  })
  void poller.run(stopping.signal)
  return { clock, schedule, poller, requests, polls }
}

const pollsOf = (polls: { slot: number }[], slot: number) =>
  polls.filter((poll) => poll.slot === slot).length

test('every room is polled once in each interval', async () => {
  const { clock, polls } = start(10, () => present)
  await clock.pass(89_000)
  for (let slot = 0; slot < 10; slot++) {
    const times = polls.filter((poll) => poll.slot === slot).map(({ atMs }) => atMs)
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_025)
    expect(times.length).toBeLessThanOrEqual(4)
  }
})

test.each<[FailureReason, number]>([
  ['timeout', 3],
  ['network', 3],
  ['server', 3],
  ['bad_response', 2],
  ['throttled', 1],
  ['clock', 1],
  ['room_config', 1],
  ['service_config', 1],
  ['unknown', 1],
])('%s is asked %i times in one poll, which then failed', async (reason, attempts) => {
  const { clock, requests, polls } = start(1, () => failed(reason))
  await clock.pass(10_000)
  expect(requests).toHaveLength(attempts)
  expect(polls.map(({ kind }) => kind)).toEqual(['failed'])
})

test('retries wait exponentially, and a success ends them', async () => {
  const { clock, requests, polls } = start(1, (_slot, nowMs) =>
    nowMs < 200 ? failed('server') : present,
  )
  await clock.pass(10_000)
  const [first, second] = requests.map(({ atMs }) => atMs)
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(300)
  expect(polls.map(({ kind }) => kind)).toEqual(['present'])
})

test('retries take no turn from rooms that wait over their interval', async () => {
  const { clock, requests, polls } = start(
    400,
    (slot) => (slot === 0 ? failed('server') : present),
    {
      intervalMs: 5000,
    },
  )
  await clock.pass(60_000)
  const ofRoom = requests.filter(({ slot }) => slot === 0).length
  expect(ofRoom - pollsOf(polls, 0)).toBeLessThanOrEqual(1)
  expect(pollsOf(polls, 0)).toBeGreaterThan(3)
})

test('wrong keys: one trial every 30 s, and all rooms at once when it succeeds', async () => {
  let isRight = false
  const { clock, poller, requests } = start(10, () => (isRight ? present : failed('auth')))
  await clock.pass(1000)
  const early = requests.length
  await clock.pass(120_000)
  expect(requests.length - early).toBe(4)
  expect(poller.isCircuitOpen()).toBe(true)
  isRight = true
  const before = requests.length
  await clock.pass(31_000)
  expect(poller.isCircuitOpen()).toBe(false)
  expect(requests.length - before).toBeGreaterThanOrEqual(10)
})

test('a throttle slows the account down', async () => {
  let isThrottled = true
  const { clock, poller, requests } = start(
    200,
    () => (isThrottled ? failed('throttled') : present),
    { intervalMs: 5000 },
  )
  await clock.pass(300)
  isThrottled = false
  expect(poller.share()).toBeLessThan(0.6)
  const from = requests.length
  await clock.pass(10_000)
  expect(requests.length - from).toBeLessThan(250)
})

test('requests under way are bounded, and a slow API costs no loop', async () => {
  let release: (reading: Reading) => void = () => undefined
  const silent = new Promise<Reading>((resolve) => {
    release = resolve
  })
  const { clock, poller } = start(100, () => silent, { maxInFlight: 7 })
  await clock.pass(5000)
  expect(poller.inFlight()).toBe(7)
  expect(poller.stalledMs()).toBeLessThanOrEqual(250)
  release(present)
  await clock.pass(1)
  expect(poller.inFlight()).toBe(0)
})

test('a room is busy from its first request to its last answer', async () => {
  const { clock, poller } = start(1, () => failed('server'))
  await clock.pass(26)
  expect(poller.isBusy(0)).toBe(true)
  await clock.pass(300)
  expect(poller.isBusy(0)).toBe(true)
  await clock.pass(5000)
  expect(poller.isBusy(0)).toBe(false)
})
