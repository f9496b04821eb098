import type { FailureReason } from '../room.ts'

/** How many requests one poll may make: the first and its retries. */
const attempts: Record<FailureReason, number> = {
  timeout: 3,
  network: 3,
  server: 3,
  bad_response: 2,
  throttled: 1,
  auth: 1,
  clock: 1,
  room_config: 1,
  service_config: 1,
  unknown: 1,
}

const firstDelayMs = 300

/**
 * How long to wait before a room is asked once more, in milliseconds; undefined when it is not.
 * Exponential, and spread by `random` (0 to 1) over half to one and a half times, so that many rooms
 * that failed together do not come back together.
 */
export function retryDelayMs(
  reason: FailureReason,
  attemptsMade: number,
  random: number,
): number | undefined {
  if (attemptsMade >= attempts[reason]) return undefined
  return firstDelayMs * 2 ** (attemptsMade - 1) * (0.5 + random)
}
