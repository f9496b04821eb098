import type { Clock } from '../room.ts'

/**
 * Watches the sweeps: a sweep is over when every room has been polled at least once since it began,
 * and the next one begins.
 */
export function createSweep(clock: Pick<Clock, 'monotonic'>) {
  /** By slot: the number of the sweep in which its room was polled last, 0 before; -1 without a room. */
  let polledIn = new Int32Array(0)
  let rooms = 0
  let remaining = 0
  let current = 1
  let startedAt = clock.monotonic()
  let lastMs: number | undefined
  let skipped = 0

  function strike(slot: number) {
    const last = polledIn[slot] ?? -1
    if (last < 0 || last === current) return
    polledIn[slot] = current
    remaining--
  }

  function completeIfDone(): boolean {
    if (remaining > 0 || rooms === 0) return false
    const now = clock.monotonic()
    if (skipped === 0) lastMs = now - startedAt
    skipped = 0
    startedAt = now
    current++
    remaining = rooms
    return true
  }

  return {
    /** Makes the rooms in these slots the ones that a sweep is about; `fresh` ones are still to come. */
    set(slots: readonly number[], fresh: readonly number[]) {
      const before = polledIn
      const size = slots.reduce((most, slot) => Math.max(most, slot + 1), 0)
      polledIn = new Int32Array(size).fill(-1)
      for (const slot of slots) polledIn[slot] = Math.max(0, before[slot] ?? 0)
      for (const slot of fresh) polledIn[slot] = 0
      rooms = slots.length
      remaining = slots.reduce((sum, slot) => sum + Number(polledIn[slot] !== current), 0)
    },
    /** Takes note of a finished poll; true when it ended the sweep. */
    polled(slot: number): boolean {
      strike(slot)
      return completeIfDone()
    },
    /**
     * Does not wait for these rooms in the sweep under way: their values are known from an earlier
     * run. Such a sweep says nothing about how long one takes.
     */
    skip(slots: readonly number[]) {
      if (slots.length === 0) return
      for (const slot of slots) strike(slot)
      skipped = slots.length
      completeIfDone()
    },
    /** How many rooms the sweep under way did not need to poll. */
    skipped: () => skipped,
    /** How many rooms the sweep waits for. */
    remaining: () => remaining,
    /** How many sweeps are over. */
    completed: () => current - 1,
    /** How long the last whole sweep took, in milliseconds; undefined before there was one. */
    lastMs: () => lastMs,
  }
}

/** See {@link createSweep}. */
export type Sweep = ReturnType<typeof createSweep>
