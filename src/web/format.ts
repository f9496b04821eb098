const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1000 },
] as const

/** A stretch of time for people, two units at most: `4.2 s`, `48 s`, `3 min`, `1 h 5 min`. */
export function formatSpan(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  if (ms < 1000) return `${String(Math.round(Math.max(0, ms)))} ms`
  if (ms < 9950) return `${String(Number((ms / 1000).toFixed(1)))} s`
  const seconds = Math.round(ms / 1000) * 1000
  const index = units.findIndex((unit) => seconds >= unit.ms)
  const unit = units[index] ?? units[3]
  const whole = Math.floor(seconds / unit.ms)
  const next = units[index + 1]
  const rest = next && whole < 10 ? Math.floor((seconds % unit.ms) / next.ms) : 0
  return rest > 0 && next
    ? `${String(whole)} ${unit.name} ${String(rest)} ${next.name}`
    : `${String(whole)} ${unit.name}`
}

/** Whole seconds up to a minute, so that a column of ages is read at a glance: `4 s`, `3 min`. */
export function formatAge(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  return ms < 9950 ? `${String(Math.round(Math.max(0, ms) / 1000))} s` : formatSpan(ms)
}

/** A stretch of time in its largest unit alone: `48 s`, `3 min`, `2 d`. */
export function formatRoughly(ms: number): string {
  return formatAge(ms).split(' ').slice(0, 2).join(' ')
}

/** A whole number with thousands apart: `12,480`. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A number with its noun: `1 room`, `12 rooms`. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A rate with as many digits as matter: `0.25`, `7.5`, `39`. */
export function formatRate(rate: number): string {
  return rate >= 9.95 ? String(Math.round(rate)) : String(Number(rate.toFixed(rate < 1 ? 2 : 1)))
}

/** `2026-11-22 08:15:30` in UTC. */
export function formatTime(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(0, 19).replace('T', ' ')
}

/** The path of a room's page under `prefix`; ids may hold any character. */
export function roomPath(prefix: string, room: { appId: string; roomId: string }): string {
  return `${prefix}/${encodeURIComponent(room.appId)}/${encodeURIComponent(room.roomId)}`
}
