/** `burst` requests at once, and one more each `intervalMs`. */
export interface RateLimit {
  readonly intervalMs: number
  readonly burst: number
}

/** A token bucket on a monotonic clock in milliseconds: whether one more is let through now. */
export function createBucket({ intervalMs, burst }: RateLimit, monotonic: () => number) {
  let tokens = burst
  let last = monotonic()
  return function take(): boolean {
    const now = monotonic()
    tokens = Math.min(burst, tokens + (now - last) / intervalMs)
    last = now
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
}
