import type { Answer } from '../room.ts'

/**
 * What an account's answers say against asking it at full rate: a throttle halves its
 * share of the budget, wrong keys open its circuit. A value; every step gives the next one.
 * All times are monotonic milliseconds.
 */
export interface Brake {
  /** Share of the budget that could be spent at `shareAtMs`. */
  readonly share: number
  readonly shareAtMs: number
  /** The API asked for silence until then. */
  readonly silentUntilMs: number
  /** Set while the circuit is open: when the next trial request may be made. */
  readonly nextTrialMs?: number
}

/** The brake of an account that is asked at its full rate. */
export const noBrake: Brake = { share: 1, shareAtMs: -Infinity, silentUntilMs: -Infinity }

/** From nothing back to the whole budget, in milliseconds: a halved one is whole after five minutes. */
const recoveryMs = 10 * 60_000

/** However often it was throttled: one request of 64 still finds out whether it still is. */
const lowestShare = 1 / 64

/** One request finds out every so often whether the keys have become right, in milliseconds. */
const trialEveryMs = 30_000

/** The share of the budget that may be spent now; grows back linearly. */
export function shareAt(brake: Brake, nowMs: number): number {
  const regained = Math.max(0, nowMs - brake.shareAtMs) / recoveryMs
  return Math.min(1, brake.share + regained)
}

/** Whether the account has answered that it does not know us. */
export function isCircuitOpen(brake: Brake): boolean {
  return brake.nextTrialMs !== undefined
}

/** How long nothing may be asked, in milliseconds; 0 = ask now. */
export function silenceMs(brake: Brake, nowMs: number): number {
  return Math.max(0, brake.silentUntilMs - nowMs, (brake.nextTrialMs ?? nowMs) - nowMs)
}

/** The brake once a request has been sent: an open circuit lets the next one through only later. */
export function brakeAfterRequest(brake: Brake, nowMs: number): Brake {
  return isCircuitOpen(brake) ? { ...brake, nextTrialMs: nowMs + trialEveryMs } : brake
}

/** The brake once an answer has come to a request that began at `startedMs`. */
export function brakeAfterAnswer(
  brake: Brake,
  { reading }: Answer,
  startedMs: number,
  nowMs: number,
): Brake {
  if (reading.kind !== 'failed') return closed(brake)
  switch (reading.failure.reason) {
    case 'throttled': {
      const { retryAfterMs = 0 } = reading.failure
      const silentUntilMs = Math.max(brake.silentUntilMs, nowMs + retryAfterMs)
      // Leases that were held when the share was lowered run out at the rate before: what was sent
      // until then says nothing about the lower one.
      if (startedMs < brake.shareAtMs + 1000 / brake.share) return { ...brake, silentUntilMs }
      const share = Math.max(lowestShare, shareAt(brake, nowMs) / 2)
      return { ...brake, share, shareAtMs: nowMs, silentUntilMs }
    }
    case 'auth':
      return isCircuitOpen(brake) ? brake : { ...brake, nextTrialMs: nowMs + trialEveryMs }
    case 'room_config':
      return closed(brake)
    case 'timeout':
    case 'network':
    case 'clock':
    case 'service_config':
    case 'server':
    case 'bad_response':
    case 'unknown':
      return brake
    default:
      return reading.failure.reason satisfies never
  }
}

/** The brake after a reload: changed keys are tried at once. */
export function brakeAfterReload(brake: Brake, nowMs: number): Brake {
  return isCircuitOpen(brake) ? { ...brake, nextTrialMs: nowMs } : brake
}

function closed({ share, shareAtMs, silentUntilMs }: Brake): Brake {
  return { share, shareAtMs, silentUntilMs }
}
