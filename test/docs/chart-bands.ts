/** One series: Unix milliseconds and values, in order of time. */
export interface Line {
  readonly name: string
  readonly color: string
  readonly points: readonly (readonly [timeMs: number, value: number])[]
}

/** A line with the ground it stands on: time, low, high. */
export interface Band {
  readonly color: string
  readonly spans: readonly (readonly [timeMs: number, low: number, high: number])[]
}

/** The line on the ground of the plot. */
export function grounded({ color, points }: Line): Band {
  return { color, spans: points.map(([time, value]) => [time, 0, value]) }
}

/** The lines on top of each other, the first one lowest. */
export function stackedUp(lines: readonly Line[]): Band[] {
  const heights = new Map<number, number>()
  return lines.map(({ color, points }) => ({
    color,
    spans: points.map(([time, value]) => {
      const low = heights.get(time) ?? 0
      heights.set(time, low + value)
      return [time, low, low + value] as const
    }),
  }))
}

/** Cuts a band where points more than `stepMs` and a half apart follow each other. */
export function runs(spans: Band['spans'], stepMs: number): Band['spans'][] {
  const cuts = spans.flatMap(([time], index) => {
    const before = spans[index - 1]
    return before === undefined || time - before[0] > stepMs * 1.5 ? [index] : []
  })
  return cuts.map((cut, index) => spans.slice(cut, cuts[index + 1]))
}
