import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../../src/room.ts'

/** The time of the machine. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
}

/** A clock that stands still until it is told to go on; wall and monotonic time can drift apart. */
export function createManualClock(startMs = Date.UTC(2026, 10, 22, 8)) {
  let now = startMs
  let monotonic = 1_000_000
  let sleepers: { readonly wakeAt: number; readonly wake: () => void }[] = []

  /** Lets everything run that waits for a promise only. */
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

  return {
    now: () => now,
    monotonic: () => monotonic,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted) {
          resolve()
          return
        }
        const end = () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          resolve()
        }
        const sleeper = {
          wakeAt: monotonic + ms,
          wake() {
            signal?.removeEventListener('abort', end)
            resolve()
          },
        }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', end)
      }),
    /** Lets `ms` pass, waking the sleepers in their order and letting each run before the next. */
    async pass(ms: number) {
      const end = monotonic + ms
      for (;;) {
        await settle()
        const next = sleepers.reduce((first, { wakeAt }) => Math.min(first, wakeAt), Infinity)
        const step = Math.min(end, Math.max(next, monotonic)) - monotonic
        now += step
        monotonic += step
        if (next > end) return
        const due = sleepers.filter(({ wakeAt }) => wakeAt <= monotonic)
        sleepers = sleepers.filter(({ wakeAt }) => wakeAt > monotonic)
        for (const { wake } of due) wake()
      }
    },
    /** Sets the wall clock forward, or back, without time passing. */
    setWallClock(ms: number) {
      now += ms
    },
    /** How many sleep. */
    sleepers: () => sleepers.length,
  }
}
