import type { Room } from '../room.ts'
import type { Api, Config, Polling } from './config.ts'
import { formatDuration } from './duration.ts'

/** The rooms of one account that share an interval. */
export interface IntervalClass {
  readonly intervalMs: number
  readonly rooms: number
  /** How old their values get before they are asked for again, as predicted, in milliseconds. */
  readonly ageBoundMs: number
  /** How old their values may be and still be shown, in milliseconds. */
  readonly maxAgeMs: number
}

/** What one account's budget is asked for and what it can give. */
export interface AccountPlan {
  readonly name: string
  readonly rooms: number
  /** The configured limit, requests a second. */
  readonly qps: number
  /** What the limit leaves when the one-way delay varies by `network_jitter`, requests a second. */
  readonly rate: number
  /** What the intervals ask for, requests a second. */
  readonly demand: number
  /** One poll of every room at `rate`, in milliseconds. */
  readonly sweepMs: number
  /** By how much the intervals stretch: 1 while the demand is within `rate`. */
  readonly stretch: number
  /** Shortest intervals first. */
  readonly classes: readonly IntervalClass[]
}

/** What a configuration will do, worked out before a single request. */
export interface Plan {
  readonly accounts: readonly AccountPlan[]
  readonly rooms: number
  /** Room series on `/metrics`, the exporter's own not counted. */
  readonly series: number
}

/** The part of a configuration that decides the plan. */
export interface PlanInput {
  readonly api: Pick<Api, 'networkJitterMs'>
  readonly accounts: readonly Pick<Config['accounts'][number], 'name' | 'qps'>[]
  readonly polling: Pick<Polling, 'maxAgeMs' | 'adaptive'>
  readonly rooms: readonly Pick<Room, 'account' | 'intervalMs' | 'minUsers' | 'labels'>[]
}

/**
 * Requests a second that are safe within `qps`: each keeps its place until it is a second old,
 * and longer by how much later than its neighbours it may arrive.
 */
export function effectiveRate(qps: number, networkJitterMs: number): number {
  const [places, windowMs] = qps >= 1 ? [Math.floor(qps), 1000] : [1, 1000 / qps]
  return (places * 1000) / (windowMs + networkJitterMs)
}

/** The plan of a configuration; of the rooms, only interval and account matter to it. */
export function planOf(config: PlanInput): Plan {
  const counts = new Map(config.accounts.map(({ name }) => [name, new Map<number, number>()]))
  let series = 0
  for (const room of config.rooms) {
    series += 5 + (room.labels === undefined ? 0 : 1) + (room.minUsers === undefined ? 0 : 1)
    const intervals = counts.get(room.account)
    intervals?.set(room.intervalMs, (intervals.get(room.intervalMs) ?? 0) + 1)
  }
  const accounts = config.accounts.map(({ name, qps }) => {
    const intervals = [...(counts.get(name) ?? [])].sort(([a], [b]) => a - b)
    return accountPlan(name, qps, intervals, config)
  })
  return { accounts, rooms: config.rooms.length, series }
}

function accountPlan(
  name: string,
  qps: number,
  intervals: readonly (readonly [number, number])[],
  { api, polling }: PlanInput,
): AccountPlan {
  const rate = effectiveRate(qps, api.networkJitterMs)
  const rooms = intervals.reduce((sum, [, count]) => sum + count, 0)
  const demand = intervals.reduce((sum, [ms, count]) => sum + (count * 1000) / ms, 0)
  const sweepMs = (rooms / rate) * 1000
  const isOver = demand > rate
  const stretch = isOver ? demand / rate : 1
  const classes = intervals.map(([intervalMs, count]) => {
    const ageBoundMs = isOver ? intervalMs * stretch * (polling.adaptive ? 2 : 1) : intervalMs
    const least = Math.max(3 * intervalMs, 2 * sweepMs, 60_000, isOver ? 1.5 * ageBoundMs : 0)
    const maxAgeMs = polling.maxAgeMs ?? Math.ceil(least)
    return { intervalMs, rooms: count, ageBoundMs, maxAgeMs }
  })
  return { name, rooms, qps, rate, demand, sweepMs, stretch, classes }
}

/** The one interval for all rooms of an account that its budget can keep, rounded up. */
export function fittingIntervalMs({ sweepMs }: Pick<AccountPlan, 'sweepMs'>): number {
  const step = sweepMs < 10_000 ? 100 : 1000
  return Math.ceil(sweepMs / step) * step
}

const perSecond = (rate: number) => `${String(Number(rate.toFixed(2)))}/s`
/** Rounded up: the plan promises ages. */
const seconds = (ms: number) => `${String(Math.ceil(ms / 100 - 1e-6) / 10)}s`
const counted = (count: number) => `${String(count)} ${count === 1 ? 'room' : 'rooms'}`

/** The plan for people, a line per fact: for `--config.check` and the log at start. */
export function formatPlan({ accounts, rooms, series }: Plan): string[] {
  const lines = accounts.flatMap((account) => {
    const start = `account ${JSON.stringify(account.name)}`
    return [
      `${start}: ${counted(account.rooms)}, demand ${perSecond(account.demand)}, budget ${perSecond(account.qps)} (${perSecond(account.rate)} with network jitter), one sweep ${seconds(account.sweepMs)}`,
      ...account.classes.map(
        ({ intervalMs, rooms, ageBoundMs, maxAgeMs }) =>
          `${start}, interval ${formatDuration(intervalMs)}: ${counted(rooms)}, asked for again at most ${seconds(ageBoundMs)} later, withdrawn when older than ${seconds(maxAgeMs)}`,
      ),
      ...(account.stretch > 1 ? [overBudget(start, account)] : []),
    ]
  })
  return [`${counted(rooms)}, ${String(series)} room series`, ...lines]
}

function overBudget(start: string, account: AccountPlan): string {
  const times = account.stretch.toFixed(2)
  const fitting = formatDuration(fittingIntervalMs(account))
  return `${start}: demand is over the budget, intervals stretch ${times} times; an interval of ${fitting} for all its rooms would fit`
}
