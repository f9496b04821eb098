import type { Clock } from '../room.ts'

/** What the watchdog looks at and whom it tells. */
export interface WatchdogParts {
  readonly clock: Clock
  /** Each account with why its loop is taken for dead; undefined while it moves. */
  readonly loops: () => Iterable<readonly [account: string, why: string | undefined]>
  /** Told once for each stall. */
  readonly stalled: (account: string, why: string) => void
  /** Told when a loop that stood moves again. */
  readonly moves: (account: string) => void
}

/** From one look to the next, in milliseconds. */
const lookEveryMs = 5000

/**
 * Looks at the poll loops until `signal` aborts. A stall counts at the second look in a row: after a
 * machine has slept, the first one comes before the loops had their turn.
 */
export async function watchLoops(parts: WatchdogParts, signal: AbortSignal): Promise<void> {
  const { clock, loops, stalled, moves } = parts
  const looks = new Map<string, number>()
  for (;;) {
    await clock.sleep(lookEveryMs, signal)
    if (signal.aborted) return
    for (const [account, why] of loops()) {
      const before = looks.get(account) ?? 0
      looks.set(account, why === undefined ? 0 : before + 1)
      if (why !== undefined && before === 1) stalled(account, why)
      if (why === undefined && before > 1) moves(account)
    }
  }
}
