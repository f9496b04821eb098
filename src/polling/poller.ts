import type { Answer, Clock, Outcome } from '../room.ts'
import { nothingLearnt } from '../room.ts'
import type { Budget } from './budget.ts'
import type { Brake } from './brake.ts'
import {
  noBrake,
  isCircuitOpen,
  brakeAfterAnswer,
  brakeAfterReload,
  brakeAfterRequest,
  shareAt,
  silenceMs,
} from './brake.ts'
import { retryDelayMs } from './retry.ts'
import type { Schedule } from './schedule.ts'

/** What the loop of one account works with. */
export interface PollerParts {
  readonly schedule: Schedule
  readonly budget: Budget
  readonly clock: Clock
  /** From 0 to 1, to spread retries. */
  readonly random: () => number
  /** Makes one request about the room in a slot; undefined where the room has gone. */
  readonly ask: (slot: number, written: () => void) => Promise<Answer> | undefined
  /** Told of every request's answer, retries too. */
  readonly answered: (answer: Answer) => void
  /** Told of every retry that is made. */
  readonly retried: () => void
  /** Keeps the last answer of a finished poll. */
  readonly finished: (slot: number, answer: Answer) => Outcome
  /** Requests under way at most; slow answers cost no rate up to here. */
  readonly maxInFlight: () => number
  /** One request may take this long, in milliseconds. */
  readonly timeoutMs: () => number
}

/** A poll that goes on: the room stays taken until its last request has been answered. */
interface Retry {
  readonly slot: number
  readonly attemptsMade: number
  readonly dueMs: number
  /** What stands if it is never made. */
  readonly answer: Answer
}

/** The loop looks around at least this often, so that a reload is seen without being told. */
const longestSleepMs = 250

/** A room this much over its interval, as a factor, needs the slot more than a retry does. */
const starving = 1.2

/** A retry that gets no slot for so long is given up, in milliseconds. */
const retryPatienceMs = 5000

/**
 * The loop of one account: waits for a room to be due, hands the budget one poll at a time and
 * chooses the room when the slot opens.
 */
export function createPoller(parts: PollerParts) {
  const { schedule, budget, clock } = parts
  let brake: Brake = noBrake
  let retries: Retry[] = []
  const busy = new Set<number>()
  let inFlight = 0
  let movedAt = clock.monotonic()

  function finish(slot: number, answer: Answer) {
    busy.delete(slot)
    schedule.finish(slot, parts.finished(slot, answer))
  }

  /** A retry whose time has come and that takes nobody's turn; gives up those that wait too long. */
  function takeRetry(nowMs: number): Retry | undefined {
    const due = retries.filter(({ dueMs }) => dueMs <= nowMs)
    if (due.length === 0) return undefined
    const isStarving = isCircuitOpen(brake) || schedule.overdue(nowMs) > starving
    const taken = isStarving ? undefined : due[0]
    const givenUp = isStarving ? due.filter(({ dueMs }) => dueMs + retryPatienceMs < nowMs) : []
    retries = retries.filter((retry) => retry !== taken && !givenUp.includes(retry))
    for (const { slot, answer } of givenUp) finish(slot, answer)
    return taken
  }

  function start(written: () => void): Promise<void> | undefined {
    const nowMs = clock.monotonic()
    if (silenceMs(brake, nowMs) > 0) return undefined
    const retry = takeRetry(nowMs)
    const isDue = isCircuitOpen(brake) || schedule.msUntilDue(nowMs) <= 0
    const slot = retry?.slot ?? (isDue ? schedule.take(nowMs) : undefined)
    if (slot === undefined) return undefined
    const request = parts.ask(slot, written)
    if (request === undefined) {
      schedule.finish(slot, nothingLearnt)
      return undefined
    }
    busy.add(slot)
    if (retry) parts.retried()
    brake = brakeAfterRequest(brake, nowMs)
    return settle(slot, (retry?.attemptsMade ?? 0) + 1, nowMs, request)
  }

  async function settle(
    slot: number,
    attempts: number,
    startedMs: number,
    request: Promise<Answer>,
  ) {
    inFlight++
    const answer = await request
    inFlight--
    const nowMs = clock.monotonic()
    brake = brakeAfterAnswer(brake, answer, startedMs, nowMs)
    parts.answered(answer)
    const { reading } = answer
    const delayMs =
      reading.kind === 'failed'
        ? retryDelayMs(reading.failure.reason, attempts, parts.random())
        : undefined
    if (delayMs === undefined) finish(slot, answer)
    else retries.push({ slot, attemptsMade: attempts, dueMs: nowMs + delayMs, answer })
  }

  /** How long there is nothing to do, in milliseconds. */
  function idleMs(nowMs: number): number {
    if (inFlight >= parts.maxInFlight()) return longestSleepMs
    const nextRetryMs = Math.min(...retries.map(({ dueMs }) => dueMs - nowMs))
    const dueMs = isCircuitOpen(brake) ? 0 : Math.min(schedule.msUntilDue(nowMs), nextRetryMs)
    return Math.max(silenceMs(brake, nowMs), dueMs)
  }

  return {
    /** Polls until `signal` aborts. Rejects only on a bug. */
    async run(signal: AbortSignal) {
      while (!signal.aborted) {
        const nowMs = clock.monotonic()
        movedAt = nowMs
        if (budget.slowDown(shareAt(brake, nowMs))) schedule.setOptions({ qps: budget.rate() })
        const waitMs = idleMs(nowMs)
        if (waitMs > 0) await clock.sleep(Math.min(waitMs, longestSleepMs), signal)
        else await budget.admit((written) => (signal.aborted ? undefined : start(written)))
      }
    },
    /** Tries an account whose circuit is open at once: a reload may have mended its keys. */
    reloaded() {
      brake = brakeAfterReload(brake, clock.monotonic())
    },
    inFlight: () => inFlight,
    /** Whether a poll of the slot's room is under way, or waits to be retried. */
    isBusy: (slot: number) => busy.has(slot),
    isCircuitOpen: () => isCircuitOpen(brake),
    /** Share of the budget that may be spent now, 0 to 1. */
    share: () => shareAt(brake, clock.monotonic()),
    /** How long ago the loop last moved, in milliseconds. */
    stalledMs: () => clock.monotonic() - movedAt,
    /** The longest the loop may lawfully stand, in milliseconds. */
    longestGapMs: () => budget.leaseMs() + longestSleepMs + parts.timeoutMs(),
  }
}

/** The loop of one account; see {@link createPoller}. */
export type Poller = ReturnType<typeof createPoller>
