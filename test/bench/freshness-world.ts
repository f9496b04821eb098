/** A seeded source of numbers in [0, 1): mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A stretch of a room's life during which it changes equally often. */
export interface Phase {
  readonly fromMs: number
  /** Mean time between its changes, in milliseconds. */
  readonly meanGapMs: number
  readonly isOccupied: boolean
}

/** A room that changes at random times (Poisson), and whenever a phase but the first begins. */
export interface Life {
  readonly phases: readonly Phase[]
  /** Lives on until `nowMs`, hands over the time of every change, and gives the phase then. */
  liveUntil(nowMs: number, onChange: (atMs: number) => void): Phase
}

/** The life of a room through its phases; the first begins at 0. */
export function createLife(random: () => number, phases: readonly [Phase, ...Phase[]]): Life {
  let [phase] = phases
  let index = 0
  const gapMs = () => -Math.log(1 - random()) * phase.meanGapMs
  let changeMs = gapMs()
  return {
    phases,
    liveUntil(nowMs, onChange) {
      for (;;) {
        const next = phases[index + 1]
        const isNext = next !== undefined && next.fromMs <= changeMs
        const atMs = isNext ? next.fromMs : changeMs
        if (atMs > nowMs) return phase
        if (isNext) {
          phase = next
          index += 1
        }
        onChange(atMs)
        changeMs = atMs + gapMs()
      }
    },
  }
}
