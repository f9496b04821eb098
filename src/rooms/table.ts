import type { Clock, Outcome, Reading, Room, RoomKey } from '../room.ts'
import { nothingLearnt, roomKey } from '../room.ts'
import type { Former } from './slots.ts'
import { createSlots } from './slots.ts'
import { createColumns, none } from './columns.ts'

/** How many rooms show a value, have none although polled, or were not polled yet. */
export interface RoomCounts {
  readonly fresh: number
  readonly stale: number
  readonly pending: number
}

/** A value that outlived a restart. */
export interface KeptValue {
  readonly key: RoomKey
  /** Users at the last success, -1 where the room did not exist. */
  readonly users: number
  readonly invisibleUsers: number
  /** When the last successful poll was sent, Unix milliseconds. */
  readonly lastSuccessMs: number
  /** When the last finished poll was sent, Unix milliseconds. */
  readonly lastPollMs: number
  /** Whether the last finished poll succeeded. */
  readonly pollSucceeded: boolean
}

/**
 * What is known about every room, and how old it is.
 *
 * The promise is kept here: a failure never touches a value, and a value that has become older than
 * its room's `maxAgeMs` is withdrawn, by the wall clock or by the monotonic one, whichever says it
 * is older (the one may be set back, the other stands still while a machine sleeps).
 */
export function createRoomTable(clock: Clock) {
  const slots = createSlots()
  const columns = createColumns()
  const { users, invisibleUsers, exists, pollSuccess, isShown, isChanged } = columns
  const { successAt, successAtMonotonic, polledAt } = columns
  let changed: number[] = []
  /** No value is too old before one of these: by the wall clock, by the monotonic one. */
  let nothingOldUntil = { wall: Infinity, monotonic: Infinity }

  function mark(slot: number) {
    if (isChanged.get(slot) === 1) return
    isChanged.set(slot, 1)
    changed.push(slot)
  }

  function clear(slot: number) {
    for (const column of [users, invisibleUsers, exists, pollSuccess]) column.set(slot, none)
    for (const column of [isShown, successAt, successAtMonotonic, polledAt]) column.set(slot, 0)
    mark(slot)
  }

  function keep(
    slot: number,
    value: Pick<KeptValue, 'users' | 'invisibleUsers' | 'lastSuccessMs'>,
  ) {
    users.set(slot, Math.max(0, value.users))
    invisibleUsers.set(slot, value.invisibleUsers)
    exists.set(slot, value.users < 0 ? 0 : 1)
    isShown.set(slot, 1)
    successAt.set(slot, value.lastSuccessMs)
    successAtMonotonic.set(slot, clock.monotonic() - Math.max(0, clock.now() - value.lastSuccessMs))
    noteExpiry(slot)
  }

  /** Keeps in mind when the value in a slot will be too old. */
  function noteExpiry(slot: number) {
    const maxAgeMs = slots.room(slot)?.maxAgeMs ?? 0
    const { wall, monotonic } = nothingOldUntil
    nothingOldUntil = {
      wall: Math.min(wall, successAt.get(slot) + maxAgeMs),
      monotonic: Math.min(monotonic, successAtMonotonic.get(slot) + maxAgeMs),
    }
  }

  /** Forgets a room and its value. */
  function remove(former: Former) {
    slots.remove(former)
    clear(former.slot)
  }

  /** Gives the room in a slot other settings; its value is kept. */
  function replace(slot: number, room: Room) {
    slots.replace(slot, room)
    if (isShown.get(slot) === 1) noteExpiry(slot)
    mark(slot)
  }

  /** Adds a room that is not there, to a slot that `isBusy` says nothing against, and gives the slot. */
  function add(room: Room, isBusy: (slot: number) => boolean = () => false): number {
    const slot = slots.add(room, isBusy)
    columns.reserve(slots.size())
    clear(slot)
    return slot
  }

  const ageMs = (slot: number, now = clock.now(), monotonic = clock.monotonic()) =>
    Math.max(now - successAt.get(slot), monotonic - successAtMonotonic.get(slot))

  function withdrawOld() {
    const now = clock.now()
    const monotonic = clock.monotonic()
    if (now <= nothingOldUntil.wall && monotonic <= nothingOldUntil.monotonic) return
    nothingOldUntil = { wall: Infinity, monotonic: Infinity }
    for (let slot = 0; slot < slots.size(); slot++) {
      if (isShown.get(slot) === 0) continue
      if (ageMs(slot, now, monotonic) <= (slots.room(slot)?.maxAgeMs ?? 0)) {
        noteExpiry(slot)
        continue
      }
      isShown.set(slot, 0)
      mark(slot)
    }
  }

  const shown = (column: { get(slot: number): number }) => (slot: number) =>
    isShown.get(slot) === 1 ? column.get(slot) : none

  return {
    /** What `list` would change; see `createSlots`. */
    compare: slots.compare,
    remove,
    replace,
    add,

    /** Makes `list` the rooms of the table at once; gives the slots of the new ones. */
    set(list: readonly Room[]): { readonly added: readonly number[] } {
      const comparing = slots.compare(list)
      let step = comparing.next()
      while (!step.done) step = comparing.next()
      for (const former of step.value.removed) remove(former)
      for (const { slot, room } of step.value.changed) replace(slot, room)
      return { added: step.value.added.map((room) => add(room)) }
    },

    /** Keeps what a poll found; dropped where the room has left its slot meanwhile. */
    record(slot: number, reading: Reading, sentAtMs: number): Outcome {
      if (slots.room(slot) === undefined) return nothingLearnt
      mark(slot)
      polledAt.set(slot, sentAtMs)
      pollSuccess.set(slot, reading.kind === 'failed' ? 0 : 1)
      if (reading.kind === 'failed') return nothingLearnt
      const before = [users.get(slot), invisibleUsers.get(slot), exists.get(slot)] as const
      const { users: found, invisibleUsers: invisible } =
        reading.kind === 'present' ? reading : { users: none, invisibleUsers: 0 }
      keep(slot, { users: found, invisibleUsers: invisible, lastSuccessMs: sentAtMs })
      const isSame =
        before[0] === users.get(slot) &&
        before[1] === invisibleUsers.get(slot) &&
        before[2] === exists.get(slot)
      return {
        changed: before[2] === none ? undefined : !isSame,
        occupied: found > 0,
        emptied: before[0] > 0 && found <= 0,
      }
    },

    /**
     * Puts a value of an earlier run back, with its true age, and returns its slot; undefined where
     * it is too old, from the future, or of a room that is not watched or was polled already.
     */
    restore(value: KeptValue): number | undefined {
      const slot = slots.slotOf(value.key)
      const age = clock.now() - value.lastSuccessMs
      if (slot === undefined || pollSuccess.get(slot) !== none) return undefined
      if (!(age >= 0 && age <= (slots.room(slot)?.maxAgeMs ?? 0))) return undefined
      keep(slot, value)
      polledAt.set(slot, value.lastPollMs)
      pollSuccess.set(slot, value.pollSucceeded ? 1 : 0)
      mark(slot)
      return slot
    },

    /**
     * What a later run may take over, room by room: the values that may be shown now. Polls may
     * finish and the list of rooms change between two of them.
     */
    *kept(): Generator<KeptValue, void, undefined> {
      for (let slot = 0; slot < slots.size(); slot++) {
        const room = slots.room(slot)
        if (room === undefined || isShown.get(slot) === 0) continue
        if (ageMs(slot) > room.maxAgeMs || polledAt.get(slot) > clock.now()) continue
        yield {
          key: roomKey(room),
          users: exists.get(slot) === 1 ? users.get(slot) : none,
          invisibleUsers: invisibleUsers.get(slot),
          lastSuccessMs: successAt.get(slot),
          lastPollMs: polledAt.get(slot),
          pollSucceeded: pollSuccess.get(slot) === 1,
        }
      }
    },

    /** Calls `visit` for each slot whose lines may differ from those at the last call. */
    drainChanged(visit: (slot: number) => void) {
      withdrawOld()
      const drained = changed
      changed = []
      for (const slot of drained) isChanged.set(slot, 0)
      for (const slot of drained) visit(slot)
    },

    size: slots.size,
    count: slots.count,
    slots: slots.all,
    room: slots.room,
    slotOf: slots.slotOf,
    /** Users in the room, -1 where no value may be shown. */
    users: shown(users),
    /** Invisible users in the room, -1 where no value may be shown. */
    invisibleUsers: shown(invisibleUsers),
    /** 1 the room exists, 0 it does not, -1 where no value may be shown. */
    exists: shown(exists),
    /** 1 the last finished poll succeeded, 0 it failed, -1 there was none. */
    pollSuccess: pollSuccess.get,
    /** When the last successful poll was sent, Unix milliseconds; 0 = never. */
    lastSuccessMs: successAt.get,
    /** Age of the last success in milliseconds; Infinity without one. */
    ageMs: (slot: number) => (successAt.get(slot) === 0 ? Infinity : ageMs(slot)),

    /** Counts the rooms by state, after withdrawing what is too old. */
    counts(): RoomCounts {
      withdrawOld()
      const free = slots.size() - slots.count()
      const fresh = isShown.count(1, slots.size())
      const pending = pollSuccess.count(none, slots.size()) - free
      return { fresh, pending, stale: slots.count() - fresh - pending }
    },

    /** The earliest last success of all rooms that had one, Unix milliseconds; undefined without any. */
    oldestSuccessMs(): number | undefined {
      const oldest = successAt.leastOver(0, slots.size())
      return oldest === Infinity ? undefined : oldest
    },
  }
}

/** The room table; see {@link createRoomTable}. */
export type RoomTable = ReturnType<typeof createRoomTable>
