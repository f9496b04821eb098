import Bottleneck from 'bottleneck'
import type { Clock } from '../room.ts'

/** How much an account may spend. */
export interface BudgetOptions {
  /** Requests a second, above 0. */
  readonly qps: number
  /** How much the one-way delay to the API may vary, in milliseconds. */
  readonly networkJitterMs: number
}

/**
 * Begins one request and calls `written` as soon as it has been handed to the operating system
 * whole. Undefined: there was nothing to ask for, the slot is free again at once.
 */
export type Start = (written: () => void) => Promise<unknown> | undefined

/** The one way to the API: every request of an account is admitted here, retries too. */
export interface Budget {
  /** Resolves when `start` has been called, which is when a slot was free. Hand it one at a time. */
  admit(start: Start): Promise<void>
  /** Takes over new options; slots that are held keep their time. */
  set(options: BudgetOptions): void
  /** Spends only this share of `qps`, 0 < share <= 1: a lower rate is a longer lease. True when it is another one. */
  slowDown(share: number): boolean
  /** How long a slot is held after its request was written, in milliseconds. */
  leaseMs(): number
  /** Requests a second that this leaves, at most. */
  rate(): number
}

/** Timers fire up to a millisecond early by the monotonic clock. */
const timerErrorMs = 1

/** Shares are told apart this finely; a growing one then costs a new setting now and then only. */
const shareSteps = 256

/** Share of the evenly spread gap that lies between two starts at least; the rest makes up for delays. */
const evenness = 0.96

/**
 * At most `qps` requests reach the API in any sliding second.
 *
 * There are `qps` slots. A request takes one and holds it for a second, plus the jitter of the
 * network, counted from when it was *written*: an event loop that stalls between the start and the
 * write, or after it, can only make the lease longer. So any two requests that use one slot arrive
 * more than a second apart, and a second holds at most `qps` of them. What the answer does, and how
 * long it takes, is no matter to the slot.
 *
 * What an earlier process sent in the last second is unknown: the first lease is spent waiting.
 */
export function createBudget(options: BudgetOptions, clock: Clock): Budget {
  let { qps, networkJitterMs } = options
  let share = 1
  const slots = () => Math.max(1, Math.floor(qps))
  const periodMs = () => (1000 * slots()) / Math.min(qps, slots()) / share
  const leaseMs = () => periodMs() + networkJitterMs + timerErrorMs
  const settings = () => ({
    maxConcurrent: slots(),
    minTime: Math.floor((periodMs() / slots()) * evenness),
  })
  const limiter = new Bottleneck(settings())
  const opened = clock.sleep(leaseMs())

  /** Calls `start` and holds the slot; a throw of `start` is thrown, a rejection is nobody's and ends the program. */
  function hold(start: Start): Promise<void> {
    let isHeld = false
    let release: () => void
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const lease = () => {
      if (isHeld) return
      isHeld = true
      void clock.sleep(leaseMs()).then(() => {
        release()
      })
    }
    const request = start(lease)
    if (request === undefined) return Promise.resolve()
    void request.finally(lease)
    return released
  }

  return {
    async admit(start) {
      await opened
      await new Promise<void>((admitted, reject) => {
        const job = () => {
          const held = hold(start)
          admitted()
          return held
        }
        limiter.schedule(job).catch(reject)
      })
    },
    set(next) {
      qps = next.qps
      networkJitterMs = next.networkJitterMs
      limiter.updateSettings(settings())
    },
    slowDown(next) {
      const step = next < 1 ? Math.floor(next * shareSteps) / shareSteps : 1
      if (step === share) return false
      share = step
      limiter.updateSettings(settings())
      return true
    },
    leaseMs,
    rate: () => (slots() * 1000) / leaseMs(),
  }
}
