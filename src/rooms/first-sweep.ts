import type { Clock } from '../room.ts'

/** How far the first sweep is. */
export interface Progress {
  readonly polled: number
  readonly rooms: number
  /** What is left of it at the speed so far, in milliseconds; undefined while that is unknown. */
  readonly leftMs: number | undefined
}

/** What is told of the sweeps. */
export interface Sweeps {
  /** How many rooms the sweep under way waits for. */
  remaining(): number
  /** How many rooms it did not need to poll. */
  skipped(): number
  /** How many sweeps are over. */
  completed(): number
}

/** The speed is unknown for so long: the first second goes by without a request. */
const warmUpMs = 3000

/** Time from one report to the next, in milliseconds. */
const reportEveryMs = 15_000

/** Follows the first sweep, which takes minutes where there are thousands of rooms. */
export function createFirstSweep(clock: Clock, sweeps: Sweeps, rooms: () => number) {
  const startedAt = clock.monotonic()

  /** Undefined once it is over. */
  function progress(): Progress | undefined {
    if (sweeps.completed() > 0 || rooms() === 0) return undefined
    const remaining = sweeps.remaining()
    const polled = rooms() - remaining
    const elapsedMs = clock.monotonic() - startedAt
    const asked = polled - sweeps.skipped()
    const isKnown = asked > 0 && elapsedMs >= warmUpMs
    return {
      polled,
      rooms: rooms(),
      leftMs: isKnown ? (elapsedMs / asked) * remaining : undefined,
    }
  }

  return {
    progress,
    /** Reports now and then until it is over or `signal` aborts. */
    async run(signal: AbortSignal, report: (progress: Progress) => void) {
      for (;;) {
        await clock.sleep(reportEveryMs, signal)
        const now = signal.aborted ? undefined : progress()
        if (now === undefined) return
        report(now)
      }
    },
  }
}
