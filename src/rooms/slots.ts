import type { Room, RoomKey } from '../room.ts'
import { roomKey } from '../room.ts'

/** A room that left its slot, or that stands there with other settings now. */
export interface Former {
  readonly slot: number
  readonly before: Room
}

/** What a new list of rooms would change. */
export interface Difference {
  readonly removed: readonly Former[]
  /** Rooms that stay with other settings. */
  readonly changed: readonly (Former & { readonly room: Room })[]
  readonly added: readonly Room[]
}

/** Rooms looked at without a pause: about a millisecond's work. */
const roomsAtOnce = 1000

const isSame = (a: Room, b: Room) =>
  a.account === b.account &&
  a.intervalMs === b.intervalMs &&
  a.maxAgeMs === b.maxAgeMs &&
  a.minUsers === b.minUsers &&
  JSON.stringify(a.labels) === JSON.stringify(b.labels)

/**
 * Gives every room a slot: a small integer that stays the same for as long as the room stays in
 * the configuration, and that the room table, the schedule and the exposition use as an index.
 */
export function createSlots() {
  const rooms: (Room | undefined)[] = []
  const slots = new Map<RoomKey, number>()
  const free: number[] = []

  function takeSlot(isBusy: (slot: number) => boolean): number {
    const index = free.findLastIndex((slot) => !isBusy(slot))
    const reused = index < 0 ? undefined : free.splice(index, 1)[0]
    return reused ?? rooms.push(undefined) - 1
  }

  return {
    /** What would have to change to make `list` the watched rooms. Yields where other work may go on. */
    *compare(list: readonly Room[]): Generator<void, Difference> {
      const stays = new Uint8Array(rooms.length)
      const removed: Former[] = []
      const changed: (Former & { room: Room })[] = []
      const added: Room[] = []
      for (const [at, room] of list.entries()) {
        if (at % roomsAtOnce === roomsAtOnce - 1) yield
        const slot = slots.get(roomKey(room))
        const before = slot === undefined ? undefined : rooms[slot]
        if (slot === undefined || before === undefined) {
          added.push(room)
          continue
        }
        stays[slot] = 1
        // An equal one takes its place, or two lists of rooms would be kept in memory.
        if (isSame(before, room)) rooms[slot] = room
        else changed.push({ slot, before, room })
      }
      for (const [slot, before] of rooms.entries())
        if (before !== undefined && stays[slot] !== 1) removed.push({ slot, before })
      return { removed, changed, added }
    },

    /** Frees the slot of a room that is not watched any more. */
    remove({ slot, before }: Former) {
      slots.delete(roomKey(before))
      rooms[slot] = undefined
      free.push(slot)
    },

    /** Gives the room in a slot other settings. */
    replace(slot: number, room: Room) {
      rooms[slot] = room
    },

    /**
     * Gives a new room a slot: not one that `isBusy`, where a poll of its former room is under way.
     */
    add(room: Room, isBusy: (slot: number) => boolean): number {
      const slot = takeSlot(isBusy)
      rooms[slot] = room
      slots.set(roomKey(room), slot)
      return slot
    },

    /** One more than the highest slot ever used. */
    size: () => rooms.length,
    /** How many rooms there are. */
    count: () => slots.size,
    /** Every slot with a room. */
    all: (): readonly number[] => [...slots.values()],
    /** The room in a slot; undefined where the slot is free. */
    room: (slot: number) => rooms[slot],
    /** The slot of a room; undefined for a room that is not watched. */
    slotOf: (key: RoomKey) => slots.get(key),
  }
}
