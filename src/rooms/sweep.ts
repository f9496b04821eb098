import type { Clock } from '../room.ts'

/**
 * Watches the sweeps: a sweep is over when every room has been polled at least once since it began,
 * and the next one begins.
 */
export function createSweep(clock: Pick<Clock, 'monotonic'>) {
  const waiting = new Set<number>()
  let rooms: readonly number[] = []
  let startedAt = clock.monotonic()
  let lastMs: number | undefined
  let completed = 0
  let skipped = 0

  function completeIfDone(): boolean {
    if (waiting.size > 0 || rooms.length === 0) return false
    const now = clock.monotonic()
    if (skipped === 0) lastMs = now - startedAt
    skipped = 0
    startedAt = now
    completed++
    for (const slot of rooms) waiting.add(slot)
    return true
  }

  return {
    /** Makes the rooms in these slots the ones that a sweep is about; `fresh` ones are still to come. */
    set(slots: readonly number[], fresh: readonly number[]) {
      rooms = slots
      const known = new Set(slots)
      for (const slot of waiting) if (!known.has(slot)) waiting.delete(slot)
      for (const slot of fresh) waiting.add(slot)
    },
    /** Takes note of a finished poll; true when it ended the sweep. */
    polled(slot: number): boolean {
      waiting.delete(slot)
      return completeIfDone()
    },
    /**
     * Does not wait for these rooms in the sweep under way: their values are known from an earlier
     * run. Such a sweep says nothing about how long one takes.
     */
    skip(slots: readonly number[]) {
      if (slots.length === 0) return
      for (const slot of slots) waiting.delete(slot)
      skipped = slots.length
      completeIfDone()
    },
    /** How many rooms the sweep under way did not need to poll. */
    skipped: () => skipped,
    /** How many rooms the sweep waits for. */
    remaining: () => waiting.size,
    /** How many sweeps are over. */
    completed: () => completed,
    /** How long the last whole sweep took, in milliseconds; undefined before there was one. */
    lastMs: () => lastMs,
  }
}

/** See {@link createSweep}. */
export type Sweep = ReturnType<typeof createSweep>
