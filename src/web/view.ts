import type { Clock, Explanation, FailureReason, Reading, Room, RoomKey } from '../room.ts'

/** What the pages read of the room table; every question is about a slot. */
export interface Rooms {
  /** One more than the highest slot. */
  size(): number
  count(): number
  /** The room in a slot; undefined where the slot is free. */
  room(slot: number): Room | undefined
  slotOf(key: RoomKey): number | undefined
  /** Users and invisible users, -1 where no value may be shown. */
  users(slot: number): number
  invisibleUsers(slot: number): number
  /** 1 the room exists, 0 it does not, -1 where no value may be shown. */
  exists(slot: number): number
  /** 1 the last finished poll succeeded, 0 it failed, -1 there was none. */
  pollSuccess(slot: number): number
  /** Unix milliseconds, 0 = never. */
  lastSuccessMs(slot: number): number
  /** Age of the last success in milliseconds; Infinity without one. */
  ageMs(slot: number): number
  /** Withdraws the values that are too old, and counts. */
  counts(): unknown
}

/** One finished poll. */
export interface PastPoll {
  readonly reading: Reading
  /** Unix milliseconds. */
  readonly sentAtMs: number
  readonly durationMs: number
  readonly requestId?: string
  /** Requests that it took. */
  readonly attempts: number
}

/** What is remembered of a room's polls. */
export interface History {
  /** Newest first. */
  polls(slot: number): readonly PastPoll[]
  lastFailure(slot: number): PastPoll | undefined
  /** When the first of the polls was sent that failed in a row up to now, Unix milliseconds. */
  failingSinceMs(slot: number): number | undefined
}

/** What happened in one span of the last minutes. */
export interface Sample {
  /** Unix milliseconds. */
  readonly endMs: number
  readonly spanMs: number
  readonly requests: number
  readonly failures: Readonly<Partial<Record<FailureReason, number>>>
  readonly budgetQps: number
  readonly demandQps: number
  readonly sweepMs: number | undefined
  readonly oldestAgeMs: number | undefined
}

/** One account at work. */
export interface AccountStatus {
  readonly account: string
  readonly budgetQps: number
  readonly demandQps: number
  readonly inFlight: number
  readonly isCircuitOpen: boolean
}

/** What is true of the whole exporter. */
export interface Status {
  readonly version: string
  readonly telemetryPath: string
  readonly shard: { readonly index: number; readonly count: number }
  readonly accounts: readonly AccountStatus[]
  /** How far the first sweep is; undefined once it is over. */
  readonly firstSweep:
    | { readonly polled: number; readonly rooms: number; readonly leftMs: number | undefined }
    | undefined
  /** The last whole sweep, and what the plan says of it, in milliseconds. */
  readonly sweepMs: number | undefined
  readonly plannedSweepMs: number
  /** The oldest of all last successes, Unix milliseconds. */
  readonly oldestSuccessMs: number | undefined
  /** The age that the plan says no value passes, in milliseconds. */
  readonly predictedAgeMs: number
  readonly configReload: {
    readonly succeeded: boolean
    /** Unix milliseconds. */
    readonly lastSuccessMs: number
    /** What was wrong at the last attempt, a line each. */
    readonly problems: readonly string[]
  }
  /** Oldest first. */
  readonly samples: readonly Sample[]
}

/** All that the pages and the JSON show; they only read. */
export interface View {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly rooms: Rooms
  readonly history: History
  /** When a room's turn comes, monotonic milliseconds; undefined where there is no room. */
  dueMs(slot: number): number | undefined
  explain(slot: number): Explanation | undefined
  status(): Status
  /** The configuration in force as YAML, without secrets. */
  configText(): string
  /** Another value whenever the list of rooms is another one. */
  roomsRevision(): unknown
}
