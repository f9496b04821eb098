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

/**
 * Bottleneck takes some milliseconds to hand a freed slot on, four timers of its own: it gets the slot
 * back so much earlier, and the rest of the lease is waited for where the slot is taken.
 */
const handOverMs = 15

/** Shares are told apart this finely; a growing one then costs a new setting now and then only. */
const shareSteps = 256

/** Share of the evenly spread gap that lies between two starts at least; the rest makes up for delays. */
const evenness = 0.9

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

  /** When the slots that were handed back early become free, monotonic milliseconds, oldest first. */
  const freeAt: number[] = []
  let running = 0

  /** Takes the slot that is free first, and waits for it to be so. */
  async function takeSlot(): Promise<number | undefined> {
    running++
    // Slots that a lower `qps` has taken away: those that are free first.
    const surplus = running + freeAt.length - slots() - 1
    if (surplus > 0) freeAt.splice(0, surplus)
    const at = running + freeAt.length > slots() ? freeAt.shift() : undefined
    const waitMs = (at ?? 0) - clock.monotonic()
    if (waitMs > 0) await clock.sleep(waitMs + timerErrorMs)
    return at
  }

  function giveSlot(at: number | undefined) {
    running--
    if (at !== undefined) freeAt.push(at)
  }

  /** Resolves shortly before the lease of the request is over; it ends unwritten at the latest with its answer. */
  async function lease(request: Promise<unknown>, written: Promise<void>): Promise<void> {
    // A rejection is a bug and nobody's to handle: it ends the program.
    void request.then()
    await Promise.race([written, request])
    const at = clock.monotonic() + leaseMs()
    await clock.sleep(leaseMs() - handOverMs)
    giveSlot(at)
  }

  /** Calls `start` in a slot, tells `started`, and holds the slot until its lease is nearly over. */
  async function hold(start: Start, started: () => void): Promise<void> {
    const at = await takeSlot()
    let tellWritten = (): void => undefined
    const written = new Promise<void>((resolve) => {
      tellWritten = resolve
    })
    const request = start(tellWritten)
    started()
    if (request === undefined) giveSlot(at)
    else await lease(request, written)
  }

  return {
    async admit(start) {
      await opened
      await new Promise<void>((admitted, reject) => {
        limiter.schedule(() => hold(start, admitted)).catch(reject)
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
