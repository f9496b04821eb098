import type { Listing } from './listing.ts'
import type { RoomQuery } from './query.ts'
import { isBelowMinimum, stateOf } from './room-state.ts'
import type { Verdict } from './verdict.ts'
import type { PastPoll, Sample, View } from './view.ts'

const seconds = (ms: number) => Math.round(ms) / 1000
const secondsOrNull = (ms: number | undefined) =>
  ms === undefined || !Number.isFinite(ms) ? null : seconds(ms)
const countOrNull = (count: number) => (count < 0 ? null : count)
const perSecond = (rate: number) => Math.round(rate * 1000) / 1000

function readingJson({ reading }: PastPoll) {
  switch (reading.kind) {
    case 'present':
      return { outcome: 'present', users: reading.users, invisible_users: reading.invisibleUsers }
    case 'absent':
      return { outcome: 'absent', users: 0, invisible_users: 0 }
    case 'failed':
      return { outcome: 'failed', reason: reading.failure.reason, detail: reading.failure.detail }
    default:
      return reading satisfies never
  }
}

const pollJson = (poll: PastPoll) => ({
  timestamp_seconds: seconds(poll.sentAtMs),
  duration_seconds: seconds(poll.durationMs),
  attempts: poll.attempts,
  request_id: poll.requestId ?? null,
  ...readingJson(poll),
})

function failureJson(poll: PastPoll | undefined) {
  if (poll?.reading.kind !== 'failed') return null
  const { reason, detail } = poll.reading.failure
  return { reason, detail, timestamp_seconds: seconds(poll.sentAtMs) }
}

/** What is known about the room in a slot; null stands for what is not known. */
export function roomJson(view: View, slot: number) {
  const { rooms, history, clock } = view
  const room = rooms.room(slot)
  if (room === undefined) return undefined
  const exists = rooms.exists(slot)
  const success = rooms.pollSuccess(slot)
  const dueMs = view.dueMs(slot)
  return {
    app_id: room.appId,
    room_id: room.roomId,
    account: room.account,
    labels: room.labels ?? {},
    state: stateOf(rooms, slot),
    exists: exists < 0 ? null : exists === 1,
    users: countOrNull(rooms.users(slot)),
    invisible_users: countOrNull(rooms.invisibleUsers(slot)),
    min_users: room.minUsers ?? null,
    is_below_min_users: isBelowMinimum(rooms, slot),
    last_poll_succeeded: success < 0 ? null : success === 1,
    last_success_timestamp_seconds: secondsOrNull(rooms.lastSuccessMs(slot) || undefined),
    age_seconds: secondsOrNull(rooms.ageMs(slot)),
    max_age_seconds: seconds(room.maxAgeMs),
    interval_seconds: seconds(room.intervalMs),
    next_poll_in_seconds:
      dueMs === undefined ? null : secondsOrNull(Math.max(0, dueMs - clock.monotonic())),
    failing_since_timestamp_seconds: secondsOrNull(history.failingSinceMs(slot)),
    last_failure: failureJson(history.lastFailure(slot)),
  }
}

/** One room with its recent polls, newest first, and why it is polled when it is. */
export function roomDetailJson(view: View, slot: number) {
  const why = view.explain(slot)
  return {
    ...roomJson(view, slot),
    schedule: why && {
      because: why.because,
      target_interval_seconds: seconds(why.targetIntervalMs),
      changes_per_hour: perSecond(why.changesPerHour),
    },
    recent_polls: view.history.polls(slot).map(pollJson),
  }
}

/** A list of rooms with the counts that belong to it. */
export function roomsJson(view: View, query: RoomQuery, listing: Listing) {
  return {
    total: listing.total,
    matching: listing.matching,
    limit: query.limit,
    offset: query.offset,
    states: listing.states,
    below_min_users: listing.belowMinimum,
    rooms: listing.slots.map((slot) => roomJson(view, slot)),
  }
}

const sampleJson = (sample: Sample) => ({
  timestamp_seconds: seconds(sample.endMs),
  span_seconds: seconds(sample.spanMs),
  requests: sample.requests,
  failures: sample.failures,
  budget_requests_per_second: perSecond(sample.budgetQps),
  demand_requests_per_second: perSecond(sample.demandQps),
  sweep_seconds: secondsOrNull(sample.sweepMs),
  oldest_age_seconds: secondsOrNull(sample.oldestAgeMs),
})

/** The exporter as a whole. */
export function statusJson(view: View, verdict: Verdict, listing: Listing) {
  const status = view.status()
  const { firstSweep, configReload, samples } = status
  const oldestAgeMs =
    status.oldestSuccessMs === undefined ? undefined : view.clock.now() - status.oldestSuccessMs
  return {
    version: status.version,
    shard: status.shard,
    verdict,
    rooms: { total: listing.total, states: listing.states, below_min_users: listing.belowMinimum },
    accounts: status.accounts.map((account) => ({
      account: account.account,
      budget_requests_per_second: perSecond(account.budgetQps),
      demand_requests_per_second: perSecond(account.demandQps),
      requests_in_flight: account.inFlight,
      is_circuit_open: account.isCircuitOpen,
    })),
    sweep: {
      last_duration_seconds: secondsOrNull(status.sweepMs),
      planned_duration_seconds: seconds(status.plannedSweepMs),
      first: firstSweep
        ? {
            polled: firstSweep.polled,
            rooms: firstSweep.rooms,
            left_seconds: secondsOrNull(firstSweep.leftMs),
          }
        : null,
    },
    age: {
      oldest_seconds: secondsOrNull(oldestAgeMs),
      predicted_seconds: seconds(status.predictedAgeMs),
    },
    config: {
      last_reload_succeeded: configReload.succeeded,
      last_success_timestamp_seconds: seconds(configReload.lastSuccessMs),
      problems: configReload.problems,
    },
    trends: samples.map(sampleJson),
  }
}
