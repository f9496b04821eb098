import type { Room } from '../room.ts'

/** What the exposition reads: every room's shown values by slot. */
export interface RoomSource {
  /** One more than the highest slot ever used. Slots are small integers and give the order of lines. */
  size(): number
  /** The room in a slot; undefined where the slot is free, which then has no lines. */
  room(slot: number): Room | undefined
  /**
   * Calls `visit` once for each slot whose room or shown values may differ from those at the last
   * call, after withdrawing the values that are too old by now.
   */
  drainChanged(visit: (slot: number) => void): void
  /** Users, or -1: no line. */
  users(slot: number): number
  /** Invisible users, or -1: no line. */
  invisibleUsers(slot: number): number
  /** 1, 0 or -1: no line. */
  exists(slot: number): number
  /** 1, 0 or -1: no line. */
  pollSuccess(slot: number): number
  /** Unix milliseconds, 0 = never. */
  lastSuccessMs(slot: number): number
}

/** One family of room series. */
export interface Family {
  readonly name: string
  readonly help: string
  /** The value of a slot that holds a room: a whole number, or -1 where there is no line. */
  readonly value: (rooms: RoomSource, slot: number) => number
  /** Whether values are milliseconds to be printed as seconds. */
  readonly inSeconds: boolean
  /** Bytes kept free for a value, so that a longer one rarely means new lines. */
  readonly width: number
  /** Whether only a change of the room itself can change its line. */
  readonly isFixed: boolean
  /** Whether the room's own labels are printed. */
  readonly ownLabels: boolean
}

const gauge = { inSeconds: false, width: 1, isFixed: false, ownLabels: false }

/** The families of room series, in the order of exposition. */
export const families: readonly Family[] = [
  {
    ...gauge,
    name: 'rtc_room_users_total',
    help: 'Users in the room, visible and invisible.',
    value: (rooms, slot) => rooms.users(slot),
    width: 3,
  },
  {
    ...gauge,
    name: 'rtc_room_invisible_users',
    help: 'Invisible users in the room.',
    value: (rooms, slot) => rooms.invisibleUsers(slot),
    width: 2,
  },
  {
    ...gauge,
    name: 'rtc_room_exists',
    help: 'Whether the room exists (1) or not (0).',
    value: (rooms, slot) => rooms.exists(slot),
  },
  {
    ...gauge,
    name: 'rtc_room_poll_success',
    help: "Whether the room's last finished poll succeeded.",
    value: (rooms, slot) => rooms.pollSuccess(slot),
  },
  {
    ...gauge,
    name: 'rtc_room_last_success_timestamp_seconds',
    help: "Unix time of the room's last successful poll, 0 if there was none.",
    value: (rooms, slot) => rooms.lastSuccessMs(slot),
    inSeconds: true,
    width: '1795380000.123'.length,
  },
  {
    ...gauge,
    name: 'rtc_room_info',
    help: "The room's own labels from the configuration; always 1.",
    value: (rooms, slot) => (ownLabels(rooms.room(slot)).length === 0 ? -1 : 1),
    isFixed: true,
    ownLabels: true,
  },
  {
    ...gauge,
    name: 'rtc_room_min_users',
    help: 'Users that the room should have at least, from the configuration.',
    value: (rooms, slot) => rooms.room(slot)?.minUsers ?? -1,
    isFixed: true,
  },
]

/** The two lines that introduce a family. */
export function introduction(family: Family): string {
  return `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} gauge\n`
}

const ownLabels = (room: Room | undefined) => Object.entries(room?.labels ?? {})

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }

function label(name: string, value: string): string {
  return `${name}="${value.replace(/[\\"\n]/g, (character) => escapes[character] ?? character)}"`
}

/** The labels that every series of a room carries, without braces. Text format 0.0.4 escapes. */
export function idLabels(room: Room): string {
  return `${label('app_id', room.appId)},${label('room_id', room.roomId)}`
}

/** `ids` followed by the room's own labels. */
export function allLabels(ids: string, room: Room): string {
  return [ids, ...ownLabels(room).map(([name, value]) => label(name, value))].join(',')
}

/** Whether two rooms have the same lines, values apart. */
export function haveSameLines(one: Room | undefined, other: Room | undefined): boolean {
  if (one === other) return true
  if (one === undefined || other === undefined) return false
  return (
    one.appId === other.appId &&
    one.roomId === other.roomId &&
    one.minUsers === other.minUsers &&
    JSON.stringify(ownLabels(one)) === JSON.stringify(ownLabels(other))
  )
}
