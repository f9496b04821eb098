/** What a successful poll of a room has shown. */
export interface Sight {
  readonly isOccupied: boolean
  /** Whether the value differs from the one before; undefined when there was none. */
  readonly changed: boolean | undefined
  /** Milliseconds since the successful poll before; without meaning when there was none. */
  readonly gapMs: number
}

/** How often rooms change, learnt from their polls. */
export interface ChangeRates {
  /** Takes in what a poll has shown. */
  learn(room: number, sight: Sight): void
  /** Changes a millisecond to expect of a room. */
  rateOf(room: number): number
  /** Drops what is known about a room. */
  forget(room: number): void
}

/** How likely each of {@link steps} is; adds up to 1. */
type Belief = readonly number[]

/** The rates told apart, changes a millisecond: from one a day to one in 10 s, each 2.3 × the last. */
const steps: readonly number[] = Array.from({ length: 12 }, (_, i) => 8640 ** (i / 11) / 86_400_000)

/** How long a room goes on as it is before something else begins, on average: about a lesson. */
const spellMs = 2 * 3_600_000

/** How long all rooms are watched before what is usual among them is relearnt. */
const usualMs = 1_800_000

/** A gap counts as no longer than this: a change in it says little more about the rate. */
const longestMs = 86_400_000

/** Before anything is known, seldom is likelier than often: 930 s between changes on average. */
const unknown = normalised(steps.map((rate) => 1 / Math.sqrt(rate)))

/**
 * Rates learnt from polls that only say *changed or not since the last one*, at unequal gaps: the
 * incomplete history of Cho and Garcia-Molina, "Estimating frequency of change" (2003), where a poll
 * finds a change with probability `1 − e^(−λ·gap)`. Each room has a belief over twelve rates instead
 * of their point estimate, for the forgetting: a room may begin something else at any time, and then
 * its rate is one that is usual among rooms as occupied, or as empty, as it is. So two or three
 * surprising answers outweigh hours of sameness, and one that shows people in an empty room does so
 * at once.
 */
export function createChangeRates(): ChangeRates {
  const rooms = new Map<number, { belief: Belief; isOccupied: boolean }>()
  const usual = { occupied: unknown, empty: unknown }
  const stateOf = (isOccupied: boolean) => (isOccupied ? 'occupied' : 'empty')

  return {
    learn(room, { isOccupied, changed, gapMs }) {
      const known = rooms.get(room)
      if (known !== undefined && changed !== undefined) {
        const gap = Math.min(Math.max(gapMs, 1), longestMs)
        const state = stateOf(known.isOccupied)
        const anew = -Math.expm1(-gap / spellMs)
        known.belief = after(mixed(known.belief, usual[state], anew), changed, gap)
        const weight = Math.min(0.01, gap / (usualMs * rooms.size))
        usual[state] = mixed(usual[state], known.belief, weight)
      }
      if (known?.isOccupied !== isOccupied)
        rooms.set(room, { belief: usual[stateOf(isOccupied)], isOccupied })
    },
    rateOf: (room) => meanOf(rooms.get(room)?.belief ?? usual.empty),
    forget(room) {
      rooms.delete(room)
    },
  }
}

/** Bayes: each rate is as likely as it was, times the chance that it shows what was seen. */
function after(belief: Belief, changed: boolean, gapMs: number): Belief {
  return normalised(
    belief.map((likely, i) => {
      const same = Math.exp(-(steps[i] ?? 0) * gapMs)
      return likely * (changed ? 1 - same : same)
    }),
  )
}

function mixed(belief: Belief, other: Belief, share: number): Belief {
  return belief.map((likely, i) => likely + share * ((other[i] ?? 0) - likely))
}

function normalised(weights: Belief): Belief {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

function meanOf(belief: Belief): number {
  return belief.reduce((sum, likely, i) => sum + likely * (steps[i] ?? 0), 0)
}
