/**
 * The nouns of the program. A line of YAML becomes a `Room`, a poll of it ends in a `Reading`,
 * and a reading that says nothing about the room is a `Failure` with its reason.
 */

/** One watched app/room pair, every default filled in. */
export interface Room {
  readonly appId: string
  readonly roomId: string
  /** Name of the account whose keys and budget its polls use. */
  readonly account: string
  /** How old its value may get before it is asked for again, in milliseconds. */
  readonly intervalMs: number
  /** How old its value may be and still be shown, in milliseconds. */
  readonly maxAgeMs: number
  /** Users it should have at least; undefined where the operator named none. */
  readonly minUsers?: number
  /** The operator's own labels, shown only on `rtc_room_info`. */
  readonly labels?: Readonly<Record<string, string>>
}

/** Names a room within one configuration: equal exactly when app id and room id are. */
export type RoomKey = string

/** The key of an app/room pair; unambiguous for ids that hold any character. */
export function roomKey(room: Pick<Room, 'appId' | 'roomId'>): RoomKey {
  return `${String(room.appId.length)}:${room.appId}${room.roomId}`
}

/** Why a poll failed. These words are the values of the metric label `reason`. */
export const failureReasons = [
  'timeout',
  'network',
  'throttled',
  'auth',
  'clock',
  'room_config',
  'service_config',
  'server',
  'bad_response',
  'unknown',
] as const

/** One of {@link failureReasons}. */
export type FailureReason = (typeof failureReasons)[number]

/** A poll that said nothing about the room's users. Holds no secret and no user id. */
export interface Failure {
  readonly reason: FailureReason
  /** What a person should read: the API's error code, the status, or the socket's error. */
  readonly detail: string
  /** How long the API asked us to wait, in milliseconds, where it did. */
  readonly retryAfterMs?: number
}

/** What one poll found. */
export type Reading =
  | { readonly kind: 'present'; readonly users: number; readonly invisibleUsers: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** One finished request: what it found, and how it went. */
export interface Answer {
  readonly reading: Reading
  /** Wall-clock time at which the request was sent, Unix milliseconds. */
  readonly sentAtMs: number
  /** From sending to the last byte (or the failure), in milliseconds. */
  readonly durationMs: number
  /** The API's `RequestId`, for the vendor's support; absent where none came back. */
  readonly requestId?: string
  /** Local time minus the time in the answer's `Date` header, in milliseconds; absent without one. */
  readonly clockSkewMs?: number
}

/** What a finished poll meant for a room, as far as its next one depends on it. */
export interface Outcome {
  /** Whether the value differs from the last known; undefined when the poll failed or none was known. */
  readonly changed: boolean | undefined
  /** Whether anybody is in the room; undefined when the poll failed. */
  readonly occupied: boolean | undefined
  /** It had users at the last success and has none now. */
  readonly emptied: boolean
}

/** The outcome of a poll that failed, or of a room that has gone. */
export const nothingLearnt: Outcome = { changed: undefined, occupied: undefined, emptied: false }

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

/** Time as the program sees it; tests hand in a manual one. */
export interface Clock {
  /** Wall-clock time, Unix milliseconds. */
  now(): number
  /** Monotonic time in milliseconds, from an arbitrary origin. */
  monotonic(): number
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
