import { roomKey } from '../room.ts'
import type { Room, RoomKey } from '../room.ts'
import { formatDuration } from './duration.ts'
import type { Path, Source } from './document.ts'
import { suggestion } from './nearest.ts'
import { quote } from './report.ts'
import type { Report } from './report.ts'
import type { Polling, RoomEntry } from './schema.ts'

/** An entry of a list of rooms with its place. */
export interface PlacedRoom {
  readonly entry: RoomEntry
  readonly source: Source
  readonly path: Path
}

/** A room whose `max_age` waits for the plan. */
export type UnagedRoom = Omit<Room, 'maxAgeMs'>

/** Fills in each room's account and interval, and reports what the rooms say against each other. */
export function resolveRooms(
  placed: readonly PlacedRoom[],
  accountNames: readonly string[],
  polling: Polling,
  report: Report,
): UnagedRoom[] {
  const firsts = new Map<RoomKey, PlacedRoom>()
  const seenApps = new Set<string>()
  return placed.map((room) => {
    const { entry } = room
    const key = roomKey(entry)
    const first = firsts.get(key)
    if (first === undefined) firsts.set(key, room)
    else reportTwice(room, first, report)
    warnOfOddIds(room, seenApps, report)
    checkInterval(room, polling, report)
    return {
      appId: entry.appId,
      roomId: entry.roomId,
      account: accountOf(room, accountNames, report),
      intervalMs: entry.intervalMs ?? polling.intervalMs,
      ...(entry.minUsers === undefined ? {} : { minUsers: entry.minUsers }),
      ...(entry.labels && Object.keys(entry.labels).length > 0 ? { labels: entry.labels } : {}),
    }
  })
}

function reportTwice({ entry, source, path }: PlacedRoom, first: PlacedRoom, report: Report) {
  const { line, column } = first.source.placeOf(first.path)
  const place = `${first.source.file}:${String(line)}:${String(column)}`
  const name = `room ${quote(entry.roomId)} of app ${quote(entry.appId)}`
  report.error(source, path, `${name} is already at ${place}, want each room once`)
}

function warnOfOddIds({ entry, source, path }: PlacedRoom, seenApps: Set<string>, report: Report) {
  if (!seenApps.has(entry.appId) && !/^[0-9a-f]{24}$/.test(entry.appId)) {
    const message = `app_id ${quote(entry.appId)} is unusual, want 24 digits and letters a-f as a rule`
    report.warning(source, [...path, 'app_id'], message)
  }
  seenApps.add(entry.appId)
  if (/^[A-Za-z0-9@._-]+$/.test(entry.roomId)) return
  const message = `room_id ${quote(entry.roomId)} is unusual, want only A-Z a-z 0-9 @ . _ - as a rule`
  report.warning(source, [...path, 'room_id'], message)
}

function checkInterval({ entry, source, path }: PlacedRoom, polling: Polling, report: Report) {
  const { minIntervalMs } = polling
  if (entry.intervalMs === undefined || minIntervalMs === undefined) return
  if (entry.intervalMs >= minIntervalMs) return
  const least = formatDuration(minIntervalMs)
  const message = `interval is ${formatDuration(entry.intervalMs)}, shorter than min_interval ${least}, want at least ${least} or a shorter min_interval`
  report.error(source, [...path, 'interval'], message)
}

/** Without a usable account the rooms are checked on, so that all problems come at once. */
function accountOf({ entry, source, path }: PlacedRoom, names: readonly string[], report: Report) {
  const [only = ''] = names
  if (entry.account === undefined) {
    if (names.length > 1) {
      const all = names.map(quote).join(', ')
      report.error(source, path, `account is missing, want one of ${all}`)
    }
    return only
  }
  if (names.length > 0 && !names.includes(entry.account)) {
    const message = `account ${quote(entry.account)} is unknown, ${suggestion(entry.account, names)}`
    report.error(source, [...path, 'account'], message)
  }
  return entry.account
}
