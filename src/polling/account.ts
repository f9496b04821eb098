import type { Answer, Clock, Outcome } from '../room.ts'
import { nothingLearnt } from '../room.ts'
import { createBudget } from './budget.ts'
import { createFailureNotes } from './failures.ts'
import { createPoller } from './poller.ts'
import { createSchedule } from './schedule.ts'

/** How an account is polled. */
export interface AccountOptions {
  /** Requests a second, above 0. */
  readonly qps: number
  readonly networkJitterMs: number
  /** One request, from start to last byte, in milliseconds. */
  readonly timeoutMs: number
  readonly adaptive: boolean
  /** No room is asked for more often than this, in milliseconds. */
  readonly minIntervalMs: number
}

/** What an account is connected to. */
export interface AccountLinks {
  readonly clock: Clock
  readonly random: () => number
  /** Makes one request about the room in a slot; undefined where the room has gone. */
  readonly ask: (slot: number, written: () => void) => Promise<Answer> | undefined
  /** Told of every answer; `isNews` marks the first failure of its kind in a while. */
  readonly answered: (answer: Answer, isNews: boolean) => void
  readonly retried: () => void
  readonly finished: (slot: number, answer: Answer) => Outcome
}

/** Requests under way at most, however slow the answers are: they cost memory and connections. */
const mostInFlight = 512

/** One account at work: its budget, its schedule and the loop that brings them together. */
export function createAccount(initial: AccountOptions, links: AccountLinks) {
  const { clock } = links
  let options = initial
  const budget = createBudget(options, clock)
  const schedule = createSchedule({ ...options, qps: budget.rate() })
  const notes = createFailureNotes()
  const stopping = new AbortController()
  const poller = createPoller({
    ...links,
    schedule,
    budget,
    answered({ reading, ...answer }) {
      if (stopping.signal.aborted) return
      const isNews = reading.kind === 'failed' && notes.isNews(reading.failure, clock.monotonic())
      links.answered({ reading, ...answer }, isNews)
    },
    // Once stopped, the account's rooms are gone or another's: late answers mean nothing any more.
    finished: (slot, answer) =>
      stopping.signal.aborted ? nothingLearnt : links.finished(slot, answer),
    maxInFlight: () =>
      Math.min(mostInFlight, Math.ceil((options.qps * options.timeoutMs) / 1000) + 1),
    timeoutMs: () => options.timeoutMs,
  })

  return {
    schedule,
    /** Takes over new options; leases, places and what was learnt are kept. */
    set(next: AccountOptions) {
      options = next
      budget.set(options)
      schedule.setOptions({ ...options, qps: budget.rate() })
      poller.reloaded()
    },
    /** Polls until stopped. Rejects only on a bug. */
    run: () => poller.run(stopping.signal),
    /** Begins no more requests. */
    stop() {
      stopping.abort()
    },
    isBusy: poller.isBusy,
    /** Failures since the last call, by reason. */
    drainFailures: () => notes.drain(),
    /** Why the loop is taken for dead; undefined while it moves. */
    stalled(): string | undefined {
      const ms = poller.stalledMs()
      if (ms <= 2 * poller.longestGapMs()) return undefined
      return `the poll loop has not moved for ${String(Math.round(ms / 1000))}s`
    },
    /** What the exporter's metrics say about it. */
    state: () => ({
      budgetQps: options.qps * poller.share(),
      demandQps: schedule.demand(),
      inFlight: poller.inFlight(),
      isCircuitOpen: poller.isCircuitOpen(),
    }),
  }
}

/** See {@link createAccount}. */
export type Account = ReturnType<typeof createAccount>
