/**
 * PromQL about rooms. Several replicas may show the same room, so every series is first brought
 * to one per room: the highest value that any of them knows.
 */

/** One series per room of `metric`, whichever replicas export it. */
export function perRoom(metric: string, selector: string): string {
  return `max by (app_id, room_id) (${metric}{${selector}})`
}

/** The queries that the dashboards share, over the rooms that `selector` matches. */
export interface RoomQueries {
  /** Rooms that are configured: every one has this series from the start. */
  readonly known: string
  readonly users: string
  readonly invisible: string
  readonly exists: string
  readonly occupied: string
  /** Rooms that exist and hold nobody. */
  readonly empty: string
  /** Rooms that the API says do not exist. */
  readonly missing: string
  /** Rooms without a value: never polled, or the last value is too old to be shown. */
  readonly withoutValue: string
  readonly belowMinimum: string
  /** 2 occupied, 1 empty, 0 missing, -1 without a value; one sample a room. */
  readonly state: string
  /** Seconds since the last successful poll; no sample for a room that never had one. */
  readonly age: string
}

/** Builds {@link RoomQueries} for a selector (label matchers without the braces). */
export function roomQueries(selector: string): RoomQueries {
  const known = perRoom('rtc_room_last_success_timestamp_seconds', selector)
  const users = perRoom('rtc_room_users_total', selector)
  const exists = perRoom('rtc_room_exists', selector)
  return {
    known,
    users,
    exists,
    invisible: perRoom('rtc_room_invisible_users', selector),
    occupied: `${users} > 0`,
    empty: `(${users} == 0) and (${exists} == 1)`,
    missing: `${exists} == 0`,
    withoutValue: `${known} unless ${users}`,
    belowMinimum: `${users} < ${perRoom('rtc_room_min_users', selector)}`,
    state: `(${exists} + (${users} > bool 0)) or (0 * ${known} - 1)`,
    age: `time() - (${known} > 0)`,
  }
}

/** Counts `rooms`; 0 where none is found but others are known, nothing where none is known. */
export function countOf(rooms: string, known: string): string {
  return `count(${rooms}) or 0 * count(${known})`
}
