import { meanRate, worstSecond } from './second.ts'

/** One request that reached the API: its headers were read, whatever it was answered. */
export interface Arrival {
  /** Monotonic milliseconds with fractions, comparable within one run of the simulator. */
  readonly atMs: number
  /** The key id that the request named; empty without one. */
  readonly accessKeyId: string
  readonly appId: string
  readonly roomId: string
  /** `ok`, the error code that was answered, or `fault:` and the name of the injected fault. */
  readonly verdict: string
}

/** Which arrivals are meant; all of them when left out. */
export interface ArrivalFilter {
  readonly accessKeyId?: string
  /** Only those after this time, in the milliseconds of {@link Arrival}. */
  readonly afterMs?: number
}

/** Arrivals in figures. */
export interface ArrivalSummary {
  readonly arrivals: number
  /** Mean rate from the first to the last of them. */
  readonly requestsPerSecond: number
  readonly mostInAnySecond: number
  readonly verdicts: Readonly<Record<string, number>>
}

/** The last arrivals in their order. */
export interface Arrivals {
  add(arrival: Arrival): void
  list(filter?: ArrivalFilter): readonly Arrival[]
  summary(filter?: ArrivalFilter): ArrivalSummary
  clear(): void
}

/** Keeps the last `capacity` arrivals. */
export function createArrivals(capacity = 200_000): Arrivals {
  let ring: Arrival[] = []
  let next = 0
  const list = ({ accessKeyId, afterMs }: ArrivalFilter = {}) =>
    [...ring.slice(next), ...ring.slice(0, next)].filter(
      (arrival) =>
        (accessKeyId === undefined || arrival.accessKeyId === accessKeyId) &&
        (afterMs === undefined || arrival.atMs > afterMs),
    )
  return {
    add(arrival) {
      ring[next] = arrival
      next = (next + 1) % capacity
    },
    list,
    summary(filter) {
      const chosen = list(filter)
      const times = chosen.map((arrival) => arrival.atMs)
      const verdicts: Record<string, number> = {}
      for (const { verdict } of chosen) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
      return {
        arrivals: chosen.length,
        requestsPerSecond: meanRate(times),
        mostInAnySecond: worstSecond(times),
        verdicts,
      }
    },
    clear() {
      ring = []
      next = 0
    },
  }
}
