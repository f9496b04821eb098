import type { Answer, Clock, FailureReason } from '../room.ts'

/** What is measured at the end of each span. */
export interface Gauges {
  /** Requests a second that may be spent, and that the intervals ask for. */
  readonly budgetQps: number
  readonly demandQps: number
  /** How long the last whole sweep took, in milliseconds; undefined during the first. */
  readonly sweepMs: number | undefined
  /** Age of the oldest of all last successes, in milliseconds; undefined without any. */
  readonly oldestAgeMs: number | undefined
}

/** What happened in one span of time. */
export interface Sample extends Gauges {
  /** When the span ended, Unix milliseconds. */
  readonly endMs: number
  /** How long it was, in milliseconds. */
  readonly spanMs: number
  /** Requests that were answered or failed in it. */
  readonly requests: number
  /** Those that failed, by reason; reasons that did not occur are left out. */
  readonly failures: Readonly<Partial<Record<FailureReason, number>>>
}

/** One span, and how long they are remembered, in milliseconds. */
const spanMs = 10_000
const rememberedMs = 15 * 60_000

/** Remembers the last quarter of an hour in spans of ten seconds. */
export function createTrends(clock: Clock, gauges: () => Gauges) {
  let samples: readonly Sample[] = []
  let startedAt = clock.monotonic()
  let requests = 0
  let failures: Partial<Record<FailureReason, number>> = {}

  function endSpan() {
    const now = clock.monotonic()
    const sample = { ...gauges(), endMs: clock.now(), spanMs: now - startedAt, requests, failures }
    samples = [...samples, sample].slice(-rememberedMs / spanMs)
    startedAt = now
    requests = 0
    failures = {}
  }

  return {
    /** Counts an answer, retries too. */
    answered({ reading }: Answer) {
      requests++
      if (reading.kind !== 'failed') return
      const { reason } = reading.failure
      failures[reason] = (failures[reason] ?? 0) + 1
    },
    /** Ends a span every ten seconds until `signal` aborts. */
    async run(signal: AbortSignal) {
      for (;;) {
        await clock.sleep(spanMs, signal)
        if (signal.aborted) return
        endSpan()
      }
    },
    /** The spans that are over, oldest first. */
    samples: () => samples,
  }
}

/** See {@link createTrends}. */
export type Trends = ReturnType<typeof createTrends>
