import type { Room } from '../room.ts'
import type { Polling } from './config.ts'
import type { Source } from './document.ts'
import { formatDuration } from './duration.ts'
import { planOf } from './plan.ts'
import type { PlanInput } from './plan.ts'
import type { Report } from './report.ts'
import type { UnagedRoom } from './rooms.ts'
import type { Polling as PollingEntry } from './schema.ts'

const defaultMinIntervalMs = 5000

/** Reports where the section `polling` contradicts itself or the rooms' intervals. */
export function checkPolling(
  main: Source,
  { intervalMs, minIntervalMs, maxAgeMs }: PollingEntry,
  rooms: readonly UnagedRoom[],
  report: Report,
): void {
  const isWritten = main.writtenAt(['polling', 'interval']) !== undefined
  const isUsed = isWritten || rooms.some((room) => room.intervalMs === intervalMs)
  if (minIntervalMs !== undefined && intervalMs < minIntervalMs && isUsed) {
    const message = `interval is ${formatDuration(intervalMs)}, shorter than min_interval ${formatDuration(minIntervalMs)}, want it no shorter`
    report.error(main, ['polling', isWritten ? 'interval' : 'min_interval'], message)
  }
  const longestMs = rooms.reduce((longest, room) => Math.max(longest, room.intervalMs), 0)
  if (maxAgeMs !== undefined && maxAgeMs < longestMs) {
    const longest = formatDuration(longestMs)
    const message = `max_age is ${formatDuration(maxAgeMs)}, shorter than the interval ${longest}, want at least ${longest}`
    report.error(main, ['polling', 'max_age'], message)
  }
}

/** The section with its default `min_interval`, which gives way to a shorter interval. */
export function settlePolling(polling: PollingEntry, rooms: readonly UnagedRoom[]): Polling {
  const shortestMs = rooms.reduce(
    (shortest, room) => Math.min(shortest, room.intervalMs),
    Math.min(defaultMinIntervalMs, polling.intervalMs),
  )
  return {
    intervalMs: polling.intervalMs,
    ...(polling.maxAgeMs === undefined ? {} : { maxAgeMs: polling.maxAgeMs }),
    adaptive: polling.adaptive,
    minIntervalMs: polling.minIntervalMs ?? shortestMs,
  }
}

/** The rooms with the `max_age` of the plan; warns where values will be withdrawn in between. */
export function withMaxAges(
  config: Omit<PlanInput, 'rooms'> & { readonly rooms: readonly UnagedRoom[] },
  main: Source,
  report: Report,
): Room[] {
  const { accounts } = planOf(config)
  const byAccount = new Map(
    accounts.map(({ name, classes }) => [
      name,
      new Map(classes.map(({ intervalMs, maxAgeMs }) => [intervalMs, maxAgeMs])),
    ]),
  )
  const classes = accounts.flatMap((account) => account.classes)
  const oldestMs = classes.reduce((oldest, { ageBoundMs }) => Math.max(oldest, ageBoundMs), 0)
  const { maxAgeMs } = config.polling
  if (maxAgeMs !== undefined && maxAgeMs < oldestMs) {
    const message = `max_age is ${formatDuration(maxAgeMs)}, shorter than the ${formatDuration(oldestMs)} after which the budget comes round again, want it longer, fewer rooms or longer intervals`
    report.warning(main, ['polling', 'max_age'], message)
  }
  return config.rooms.map((room) => ({
    ...room,
    maxAgeMs: byAccount.get(room.account)?.get(room.intervalMs) ?? 3 * room.intervalMs,
  }))
}
