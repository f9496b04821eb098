const second = 1000
const minute = 60 * second
const hour = 60 * minute
const timeSteps = [
  ...[15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * hour),
]

/** Whole numbers from 0 to at least `max`, at most `most` steps of 1, 2 or 5 times a power of ten. */
export function countTicks(max: number, most = 5): number[] {
  const rough = Math.max(1, max / most)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough
  return Array.from({ length: Math.max(1, Math.ceil(max / step)) + 1 }, (_, n) => n * step)
}

/** Round moments (Unix ms) between two, at most `most` of them. */
export function timeTicks(fromMs: number, toMs: number, most = 8): number[] {
  const step = timeSteps.find((each) => (toMs - fromMs) / each <= most) ?? 24 * hour
  const first = Math.ceil(fromMs / step) * step
  return Array.from({ length: Math.floor((toMs - first) / step) + 1 }, (_, n) => first + n * step)
}

/** `HH:MM`, or `HH:MM:SS` off the full minute, in UTC. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(11, ms % minute === 0 ? 16 : 19)
}
