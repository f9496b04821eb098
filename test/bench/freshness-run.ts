import type { ChangeRates } from '../../src/polling/changes.ts'
import { createChangeRates } from '../../src/polling/changes.ts'
import { createSchedule } from '../../src/polling/schedule.ts'
import { createRandom, type Life, type Phase } from './freshness-world.ts'
import type { Workload } from './freshness-workloads.ts'

/** How the rooms are polled: in turn, by the adaptive cadence, or by the same knowing the true rates. */
export type Way = 'round robin' | 'ours' | 'omniscient'

/** What came of it; seconds and requests a second. */
export interface Result {
  readonly meanDelay: number
  readonly p95Delay: number
  readonly worstAge: number
  readonly requests: number
}

/** Polls a workload's rooms in virtual time with the real schedule; answers come at once. */
export function run(workload: Workload, way: Way, seed: number): Result {
  const { rooms, qps, warmMs, endMs } = workload
  const random = createRandom(seed)
  const lives = Array.from({ length: rooms }, (_, room) => workload.lifeOf(room, random))
  const truth = createTruth(lives)
  const schedule = createSchedule(
    { qps, minIntervalMs: 5000, adaptive: way !== 'round robin' },
    way === 'omniscient' ? truth : createChangeRates(),
  )
  const intervalMs = way === 'round robin' ? 1000 : workload.intervalMs
  for (const room of lives.keys()) schedule.add(room, intervalMs)

  const polledMs = new Map<number, number>()
  const wasOccupied = new Set<number>()
  const delays: number[] = []
  let worstMs = 0
  let requests = 0
  for (let nowMs = 0; nowMs < endMs;) {
    if (way === 'omniscient')
      for (const room of truth.startedUntil(nowMs)) schedule.setInterval(room, intervalMs)
    const waitMs = schedule.msUntilDue(nowMs)
    const room = waitMs > 0 ? undefined : schedule.take(nowMs)
    if (room === undefined) {
      nowMs += Math.min(Math.max(waitMs, 0.01), 1000)
      continue
    }
    let changes = 0
    const phase = lives[room]?.liveUntil(nowMs, (atMs) => {
      changes += 1
      if (atMs >= warmMs) delays.push(nowMs - atMs)
    })
    const lastMs = polledMs.get(room)
    const occupied = workload.isNeverEmpty === true || phase?.isOccupied === true
    const emptied = wasOccupied.has(room) && !occupied
    if (occupied) wasOccupied.add(room)
    else wasOccupied.delete(room)
    schedule.finish(room, {
      changed: lastMs === undefined ? undefined : changes > 0,
      occupied,
      emptied,
    })
    if (nowMs >= warmMs) {
      requests += 1
      worstMs = Math.max(worstMs, nowMs - (lastMs ?? 0))
    }
    polledMs.set(room, nowMs)
    nowMs += 1000 / qps
  }
  return {
    meanDelay: delays.reduce((sum, delay) => sum + delay, 0) / delays.length / 1000,
    p95Delay: (delays.sort((a, b) => a - b)[Math.floor(delays.length * 0.95)] ?? 0) / 1000,
    worstAge: worstMs / 1000,
    requests: requests / ((endMs - warmMs) / 1000),
  }
}

/** The rates as they are, from the moment at which they are so. */
function createTruth(lives: readonly Life[]) {
  const current: Phase[] = lives.flatMap(({ phases }) => phases.slice(0, 1))
  const starts = lives
    .flatMap(({ phases }, room) => phases.slice(1).map((phase) => ({ room, phase })))
    .sort((a, b) => a.phase.fromMs - b.phase.fromMs)
  let next = 0
  const rates: ChangeRates = {
    learn: () => undefined,
    forget: () => undefined,
    rateOf: (room) => 1 / (current[room]?.meanGapMs ?? Infinity),
  }
  return {
    ...rates,
    *startedUntil(nowMs: number) {
      for (let start = starts[next]; start && start.phase.fromMs <= nowMs; start = starts[next]) {
        current[start.room] = start.phase
        next += 1
        yield start.room
      }
    },
  }
}
