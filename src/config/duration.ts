const units = [
  { unit: 'y', ms: 365 * 86_400_000, exactOnly: true },
  { unit: 'w', ms: 7 * 86_400_000, exactOnly: true },
  { unit: 'd', ms: 86_400_000, exactOnly: false },
  { unit: 'h', ms: 3_600_000, exactOnly: false },
  { unit: 'm', ms: 60_000, exactOnly: false },
  { unit: 's', ms: 1000, exactOnly: false },
  { unit: 'ms', ms: 1, exactOnly: false },
] as const

const pattern = new RegExp(`^${units.map(({ unit }) => `(?:(\\d+)${unit})?`).join('')}$`)

/** Prometheus keeps nanoseconds in an int64; what does not fit there is refused there too. */
const largestMs = 2 ** 63 / 1e6

/**
 * The milliseconds of a Prometheus duration (`500ms`, `15s`, `1m30s`, `0`), undefined for any other
 * text. Units stand in the order y w d h m s ms, each at most once.
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  const counts = text === '' ? null : pattern.exec(text)?.slice(1)
  if (!counts) return undefined
  const ms = units.reduce((sum, { ms }, at) => sum + Number(counts[at] ?? 0) * ms, 0)
  return ms < largestMs ? ms : undefined
}

/** The Prometheus duration of so many milliseconds, rounded to whole ones: `90000` is `1m30s`. */
export function formatDuration(durationMs: number): string {
  let rest = Math.round(durationMs)
  let text = ''
  for (const { unit, ms, exactOnly } of units) {
    if (rest < ms || (exactOnly && rest % ms !== 0)) continue
    text += `${String(Math.floor(rest / ms))}${unit}`
    rest %= ms
  }
  return text === '' ? '0s' : text
}
