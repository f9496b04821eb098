import type { Explanation } from '../room.ts'
import type { Turn } from './turn.ts'

/** Where a room is between its polls. */
export type Place = 'taken' | 'unpolled' | 'confirming' | 'in line'

/** When the turn of a room comes, as long as the budget keeps up, monotonic milliseconds. */
export function dueMs(
  { polledMs, sinceMs, group }: Turn,
  place: Place,
  minIntervalMs: number,
  nowMs: number,
): number {
  switch (place) {
    case 'unpolled':
    case 'taken':
      return nowMs
    case 'confirming':
      return polledMs + minIntervalMs
    case 'in line':
      return sinceMs + group.targetMs
    default:
      return place satisfies never
  }
}

function becauseOf({ targetMs, intervalMs }: Turn['group'], place: Place): Explanation['because'] {
  switch (place) {
    case 'unpolled':
      return 'never polled'
    case 'taken':
      return 'being polled'
    case 'confirming':
      return 'confirming empty'
    case 'in line':
      return targetMs < 0.99 * intervalMs ? 'changes often' : 'interval'
    default:
      return place satisfies never
  }
}

/** Says why the room of a turn is polled when it is. */
export function explain(
  turn: Turn,
  place: Place,
  changesPerMs: number,
  minIntervalMs: number,
  nowMs: number,
): Explanation {
  const { polledMs, group } = turn
  return {
    ...(polledMs === -Infinity ? {} : { lastPolledMs: polledMs }),
    dueMs: dueMs(turn, place, minIntervalMs, nowMs),
    targetIntervalMs: group.targetMs,
    changesPerHour: changesPerMs * 3_600_000,
    because: becauseOf(group, place),
  }
}
