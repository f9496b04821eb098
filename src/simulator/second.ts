/**
 * The most `times` (milliseconds, in any order) that lie in one sliding second. Two that are exactly
 * 1000 ms apart do not share a second. 0 for none.
 */
export function worstSecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  let first = 0
  let worst = 0
  sorted.forEach((time, last) => {
    while (time - (sorted[first] ?? time) >= 1000) first++
    worst = Math.max(worst, last - first + 1)
  })
  return worst
}

/** Mean rate per second from the first of `times` (milliseconds, ascending) to the last; 0 below two. */
export function meanRate(times: readonly number[]): number {
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0)
  return spanMs > 0 ? ((times.length - 1) * 1000) / spanMs : 0
}

/**
 * A limit over a sliding second. Each call is one arrival at `atMs` (never before the last one) and
 * says whether at most `perSecond` arrivals, this one included, lie in the second that ends with it.
 * Refused arrivals count too: who keeps on hammering stays out.
 */
export function createLimit(): (atMs: number, perSecond: number) => boolean {
  const recent: number[] = []
  return (atMs, perSecond) => {
    while (atMs - (recent[0] ?? atMs) >= 1000) recent.shift()
    recent.push(atMs)
    return recent.length <= perSecond
  }
}
