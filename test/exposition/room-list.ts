import type { Room } from '../../src/room.ts'
import type { RoomSource } from '../../src/exposition/families.ts'

/** What a slot of the list shows; `room` undefined where it is free. */
export interface Shown {
  room: Room | undefined
  users: number
  invisibleUsers: number
  exists: number
  pollSuccess: number
  lastSuccessMs: number
}

/** A room with the defaults that the exposition does not look at. */
export function room(appId: string, roomId: string, more: Partial<Room> = {}): Room {
  return { appId, roomId, account: 'default', intervalMs: 1, maxAgeMs: 1, ...more }
}

/** A polled room with some users. */
export function polled(of: Room, users = 3): Shown {
  return {
    room: of,
    users,
    invisibleUsers: 1,
    exists: 1,
    pollSuccess: 1,
    lastSuccessMs: 1_795_380_000_123,
  }
}

/** Rooms whose values a test sets as it likes. */
export function createRoomList() {
  const slots: Shown[] = []
  const changed = new Set<number>()
  const source: RoomSource = {
    size: () => slots.length,
    room: (slot) => slots[slot]?.room,
    drainChanged(visit) {
      const visited = [...changed]
      changed.clear()
      visited.forEach(visit)
    },
    users: (slot) => slots[slot]?.users ?? -1,
    invisibleUsers: (slot) => slots[slot]?.invisibleUsers ?? -1,
    exists: (slot) => slots[slot]?.exists ?? -1,
    pollSuccess: (slot) => slots[slot]?.pollSuccess ?? -1,
    lastSuccessMs: (slot) => slots[slot]?.lastSuccessMs ?? 0,
  }
  return {
    source,
    slots: slots as readonly Shown[],
    set(slot: number, shown: Shown) {
      slots[slot] = shown
      changed.add(slot)
    },
    /** Says that slots may have changed, without changing them. */
    touch(...touched: number[]) {
      for (const slot of touched) changed.add(slot)
    },
  }
}

const label = (name: string, value: string) =>
  `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`

/** The text that the slots must give, rendered anew and without needless blanks. */
export function plainText(slots: readonly Shown[]): string {
  const family = (name: string, value: (shown: Shown) => number | string, own = false) =>
    slots.flatMap((shown) => {
      if (shown.room === undefined) return []
      const { appId, roomId, labels = {} } = shown.room
      const pairs = { app_id: appId, room_id: roomId, ...(own ? labels : {}) }
      const text = Object.entries(pairs).map(([key, pair]) => label(key, pair))
      const number = value(shown)
      return number === -1 ? [] : [`${name}{${text.join(',')}} ${String(number)}\n`]
    })
  const seconds = (ms: number) => (ms === 0 ? '0' : (ms / 1000).toFixed(3))
  return [
    family('rtc_room_users_total', ({ users }) => users),
    family('rtc_room_invisible_users', ({ invisibleUsers }) => invisibleUsers),
    family('rtc_room_exists', ({ exists }) => exists),
    family('rtc_room_poll_success', ({ pollSuccess }) => pollSuccess),
    family('rtc_room_last_success_timestamp_seconds', (shown) => seconds(shown.lastSuccessMs)),
    family('rtc_room_info', (shown) => (shown.room?.labels ? 1 : -1), true),
    family('rtc_room_min_users', (shown) => shown.room?.minUsers ?? -1),
  ]
    .flat()
    .join('')
}

/** A text of `/metrics` without comments, and with single blanks before values. */
export function withoutPadding(text: string): string {
  return text.replace(/^#.*\n/gm, '').replace(/\} +([0-9.]+)\n/g, '} $1\n')
}
