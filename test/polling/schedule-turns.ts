import type { Schedule } from '../../src/polling/schedule.ts'
import type { Outcome } from '../../src/room.ts'

/** The outcome of a poll that found what the one before found. */
export const same: Outcome = { changed: false, occupied: false, emptied: false }

/** The outcome of a poll that failed. */
export const failed: Outcome = { changed: undefined, occupied: undefined, emptied: false }

/** One poll of a run. */
export interface Polled {
  readonly room: number
  readonly atMs: number
}

/** Takes turns as they fall due, at most `qps` a second, each answered at once. */
export function* turns(
  schedule: Schedule,
  { fromMs = 0, untilMs, qps }: { fromMs?: number; untilMs: number; qps: number },
  outcomeOf: (room: number, atMs: number) => Outcome = () => same,
): Generator<Polled> {
  for (let atMs = fromMs; atMs < untilMs;) {
    const waitMs = schedule.msUntilDue(atMs)
    const room = waitMs > 0 ? undefined : schedule.take(atMs)
    if (room === undefined) {
      atMs += Math.max(waitMs, 0.01)
      continue
    }
    yield { room, atMs }
    schedule.finish(room, outcomeOf(room, atMs))
    atMs += 1000 / qps
  }
}

/** Milliseconds between the polls of each room, by room, in order. */
export function gaps(polls: Iterable<Polled>): Map<number, number[]> {
  const last = new Map<number, number>()
  const found = new Map<number, number[]>()
  for (const { room, atMs } of polls) {
    const before = last.get(room)
    const list = found.get(room) ?? []
    found.set(room, list)
    if (before !== undefined) list.push(atMs - before)
    last.set(room, atMs)
  }
  return found
}
