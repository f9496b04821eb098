import type { Failure, FailureReason } from '../room.ts'

/** What an operator should do about a failure, by reason. */
export const advice: Record<FailureReason, string> = {
  timeout: 'check the network between here and the API, or raise api.timeout',
  network: 'check api.endpoint, DNS, the network and any proxy in between',
  throttled: 'another program spends the limit of this account: lower qps here, or its use there',
  auth: 'check the access key, its secret, and the policy that allows rtc:GetRoomOnlineUsers',
  clock: 'set the local clock: the API refuses requests that are 15 minutes off',
  room_config: 'check app_id and room_id, and that the app belongs to this account',
  service_config: 'check api.endpoint, api.region and api.version',
  server: 'the API fails on its side; values are kept until max_age',
  bad_response: 'check for a proxy that answers in place of the API',
  unknown: 'look the error code up in the documentation of the API',
}

/** A reason that has been silent for so long is told anew when it comes back, in milliseconds. */
const forgottenAfterMs = 10 * 60_000

/**
 * Decides which failures of one account are worth a line of the log: the first of a kind is, the
 * rest are counted until somebody asks.
 */
export function createFailureNotes() {
  const lastAt = new Map<FailureReason, number>()
  let counts = new Map<FailureReason, number>()

  return {
    /** Counts a failure at monotonic `nowMs`; true when it is the first of its kind in a while. */
    isNews({ reason }: Failure, nowMs: number): boolean {
      const before = lastAt.get(reason) ?? -Infinity
      lastAt.set(reason, nowMs)
      counts.set(reason, (counts.get(reason) ?? 0) + 1)
      return nowMs - before > forgottenAfterMs
    },
    /** The failures since the last call, by reason. */
    drain(): Readonly<Record<string, number>> {
      const drained = Object.fromEntries(counts)
      counts = new Map()
      return drained
    },
  }
}
