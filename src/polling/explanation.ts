import type { Turn } from './turn.ts'

/** Why a room is polled when it is. */
export interface Explanation {
  /** Start of its last poll, monotonic milliseconds; absent before the first. */
  readonly lastPolledMs?: number
  /** When its turn comes, as long as the budget keeps up, monotonic milliseconds. */
  readonly dueMs: number
  /** Milliseconds from one poll of it to the next, as things are. */
  readonly targetIntervalMs: number
  /** Changes that are expected of it. */
  readonly changesPerHour: number
  readonly because:
    'never polled' | 'interval' | 'changes often' | 'confirming empty' | 'being polled'
}

/** Where a room is between its polls. */
export type Place = 'taken' | 'unpolled' | 'confirming' | 'in line'

/** Says why the room of a turn is polled when it is. */
export function explain(
  { polledMs, sinceMs, group }: Turn,
  place: Place,
  changesPerMs: number,
  minIntervalMs: number,
  nowMs: number,
): Explanation {
  const { intervalMs, targetMs } = group
  const known = {
    ...(polledMs === -Infinity ? {} : { lastPolledMs: polledMs }),
    targetIntervalMs: targetMs,
    changesPerHour: changesPerMs * 3_600_000,
  }
  switch (place) {
    case 'unpolled':
      return { ...known, dueMs: nowMs, because: 'never polled' }
    case 'taken':
      return { ...known, dueMs: nowMs, because: 'being polled' }
    case 'confirming':
      return { ...known, dueMs: polledMs + minIntervalMs, because: 'confirming empty' }
    case 'in line':
      return {
        ...known,
        dueMs: sinceMs + targetMs,
        because: targetMs < 0.99 * intervalMs ? 'changes often' : 'interval',
      }
    default:
      return place satisfies never
  }
}
