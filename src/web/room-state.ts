import type { Rooms } from './view.ts'

/**
 * What a room is in at the moment, worst first:
 * `stale` no value may be shown though it was polled; `failing` the last poll failed, the value is
 * still good; `pending` not polled yet; `missing`, `empty`, `occupied` as the API says.
 */
export const roomStates = ['stale', 'failing', 'pending', 'missing', 'empty', 'occupied'] as const

/** One of {@link roomStates}. */
export type RoomState = (typeof roomStates)[number]

/** How many rooms are in each state. */
export type StateCounts = Readonly<Record<RoomState, number>>

/** The state of the room in a slot. */
export function stateOf(rooms: Rooms, slot: number): RoomState {
  const exists = rooms.exists(slot)
  if (exists < 0) return rooms.pollSuccess(slot) < 0 ? 'pending' : 'stale'
  if (rooms.pollSuccess(slot) === 0) return 'failing'
  if (exists === 0) return 'missing'
  return rooms.users(slot) > 0 ? 'occupied' : 'empty'
}

/** Whether the room shows fewer users than it should have. */
export function isBelowMinimum(rooms: Rooms, slot: number): boolean {
  const least = rooms.room(slot)?.minUsers ?? 0
  const users = rooms.users(slot)
  return users >= 0 && users < least
}

const rank = Object.fromEntries(roomStates.map((state, index) => [state, index]))

/** How much a room needs somebody's attention: the smaller the more. */
export function attentionRank(rooms: Rooms, slot: number, state: RoomState): number {
  const isTooEmpty = state !== 'failing' && isBelowMinimum(rooms, slot)
  return isTooEmpty ? 1.5 : (rank[state] ?? 0)
}
