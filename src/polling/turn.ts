import type { RateClass } from './cadence.ts'
import { createQueue, enter, type Link, type Queue } from './queue.ts'

/** One room's part in the schedule. */
export interface Turn extends Link {
  readonly room: number
  /** What it counts in, whether it waits there or not. */
  group: Group
  /** Start of its last poll, monotonic milliseconds; -Infinity before the first. */
  polledMs: number
  /** Start of its last successful poll; undefined before the first. */
  seenMs: number | undefined
  /** Its last poll was the second look at a room that had emptied. */
  isConfirmation: boolean
}

/** The rooms that share an interval and, about, a rate of changes. */
export interface Group extends RateClass {
  members: number
  /** Those waiting for their next turn. */
  readonly queue: Queue<Turn>
  /** Milliseconds from one poll of a room to the next. */
  targetMs: number
  /** The age beyond which a room goes ahead of all that are not as late. */
  limitMs: number
  readonly beat: Beat
}

/** Spaces the rooms of one interval that are polled just as often as it says. */
export interface Beat {
  /** How many they are. */
  members: number
  /** When the one that was polled last is due, monotonic milliseconds. */
  dueMs: number
}

/** A turn of a room that nothing is known of and that waits nowhere yet. */
export function newTurn(room: number, group: Group, polledMs: number): Turn {
  return {
    room,
    group,
    polledMs,
    sinceMs: polledMs,
    seenMs: undefined,
    isConfirmation: false,
    queue: undefined,
    before: undefined,
    after: undefined,
  }
}

/** A group that nobody is in and that has no pace of its own yet. */
export function newGroup(intervalMs: number, changesPerMs: number, beat: Beat): Group {
  return {
    intervalMs,
    changesPerMs,
    members: 0,
    queue: createQueue(),
    targetMs: intervalMs,
    limitMs: intervalMs,
    beat,
  }
}

/** Whether the group is polled just as often as its interval says. */
export const isSlow = ({ targetMs, intervalMs }: Group) =>
  Math.abs(targetMs / intervalMs - 1) < 0.001

/**
 * Has a room that was polled wait in its group. Rooms polled in a row, in the first sweep or after a
 * stall, would be due in a row for ever after, and then make all others late. So a slow room is due a
 * beat, which is interval ÷ members, after the one polled before it, if that is within its interval.
 * The first beat waits for the newcomers, who need the next `busyMs`, unless they need longer than the
 * room may wait: that is soon enough, as the last of rooms that fit the budget is then due in time.
 * A demand over the budget leaves nothing to space, and the order of the turns does without.
 */
export function lineUp(turn: Turn, busyMs: number, minIntervalMs: number): void {
  const { group, polledMs } = turn
  turn.sinceMs = polledMs
  if (isSlow(group)) {
    const { beat, intervalMs } = group
    const freeMs = polledMs + Math.max(busyMs < intervalMs ? busyMs : 0, minIntervalMs)
    const beatMs = intervalMs / Math.max(1, beat.members)
    beat.dueMs = Math.min(Math.max(beat.dueMs, freeMs) + beatMs, polledMs + intervalMs)
    turn.sinceMs = beat.dueMs - intervalMs
  }
  enter(group.queue, turn)
}
