/** Rooms with the same interval that change about equally often: they share one pace. */
export interface RateClass {
  readonly intervalMs: number
  /** Changes a millisecond that are expected of each room. */
  readonly changesPerMs: number
  /** How many rooms are in it. */
  readonly members: number
}

/** What may be spent, and on what terms. */
export interface CadenceOptions {
  /** Requests a second; more than 0. */
  readonly qps: number
  /** No room is asked for more often than this, in milliseconds. */
  readonly minIntervalMs: number
  /** Spend what the intervals leave unused on the rooms that change. */
  readonly adaptive: boolean
}

/** How often a room is polled. */
export interface Pace {
  /** Milliseconds from one poll of the room to the next. */
  readonly targetMs: number
  /** The age beyond which it goes ahead of all that are not as late: the longest target it can get. */
  readonly limitMs: number
}

/** Requests a second that the intervals ask for. */
export function demandOf(classes: readonly RateClass[]): number {
  return 1000 * total(classes, ({ intervalMs }) => 1 / intervalMs)
}

/**
 * The pace of each class. The mean delay until a change is seen, `Σ λT/2` under `Σ 1/T = qps`, is
 * least for `1/T = μ√λ`. That is kept between the rate that the room was promised and four requests
 * for each change expected of it, and μ is what spends the budget exactly. What is left when every
 * room is at its upper bound stays unspent.
 *
 * With a demand over the budget all intervals stretch by the same factor, and no room goes beyond
 * twice that for the sake of others that change.
 *
 * Source of the problem: Cho and Garcia-Molina, "Effective page refresh policies for Web crawlers"
 * (2003); the square root comes from measuring delay where they measure freshness.
 */
export function createCadence(
  classes: readonly RateClass[],
  { qps, minIntervalMs, adaptive }: CadenceOptions,
): (one: RateClass) => Pace {
  const stretch = Math.max(1, demandOf(classes) / qps)
  if (!adaptive)
    return ({ intervalMs }) => ({ targetMs: intervalMs * stretch, limitMs: intervalMs * stretch })

  const limit = ({ intervalMs }: RateClass) => intervalMs * (stretch > 1 ? 2 * stretch : 1)
  const rate = (one: RateClass, mu: number) => {
    const least = 1 / limit(one)
    const most = Math.min(1 / minIntervalMs, Math.max(4 * one.changesPerMs, 1 / one.intervalMs))
    return Math.max(least, Math.min(most, mu * Math.sqrt(one.changesPerMs)))
  }
  const mu = lastBelow(qps / 1000, (tried) => total(classes, (one) => rate(one, tried)))
  return (one) => ({ targetMs: 1 / rate(one, mu), limitMs: limit(one) })
}

function total(classes: readonly RateClass[], valueOf: (one: RateClass) => number): number {
  return classes.reduce((sum, one) => sum + one.members * valueOf(one), 0)
}

/** The largest μ, within a thousandth, for which a function that rises with it is below `value`. */
function lastBelow(value: number, rising: (mu: number) => number): number {
  let [low, high] = [-30, 30]
  while (high - low > 0.001) {
    const middle = (low + high) / 2
    if (rising(Math.exp(middle)) < value) low = middle
    else high = middle
  }
  return Math.exp(low)
}
