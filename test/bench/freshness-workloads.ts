import { createLife, type Life, type Phase } from './freshness-world.ts'

/** Rooms to watch for a while, and what may be spent on it. */
export interface Workload {
  readonly name: string
  readonly rooms: number
  readonly intervalMs: number
  readonly qps: number
  /** From here on delays count; before, whoever learns may learn. */
  readonly warmMs: number
  readonly endMs: number
  lifeOf(room: number, random: () => number): Life
  /** Somebody (a recorder, a robot) is in every room, so that being occupied tells nothing. */
  readonly isNeverEmpty?: boolean
}

const hourMs = 3_600_000
const lessonMs = 45 * 60_000
const busy = { meanGapMs: 30_000, isOccupied: true }
const idle = { meanGapMs: 2 * hourMs, isOccupied: false }

const plain = {
  rooms: 5000,
  intervalMs: 250_000,
  qps: 40,
  warmMs: hourMs,
  endMs: 2 * hourMs,
}

const tenthBusy = (room: number, random: () => number) =>
  createLife(random, [{ fromMs: 0, ...(room % 10 === 0 ? busy : idle) }])

/** Lessons of 45 minutes, more or less, that take up a tenth of the time. */
function lessons(_room: number, random: () => number, endMs: number): Life {
  let isBusy = random() < 0.1
  const first: Phase = { fromMs: 0, ...(isBusy ? busy : idle) }
  const later: Phase[] = []
  const lengthMs = () => (isBusy ? 1 : 9) * lessonMs * (0.5 + random())
  for (let fromMs = random() * lengthMs(); fromMs < endMs; fromMs += lengthMs()) {
    isBusy = !isBusy
    later.push({ fromMs, ...(isBusy ? busy : idle) })
  }
  return createLife(random, [first, ...later])
}

const drifting: Workload = {
  ...plain,
  name: 'drifting: lessons that start and end',
  endMs: 3 * hourMs,
  lifeOf: (room, random) => lessons(room, random, 3 * hourMs),
}

const alike = (meanGapMs: number) => (_room: number, random: () => number) =>
  createLife(random, [{ fromMs: 0, meanGapMs, isOccupied: true }])

/** One in ten rooms busy, the others idle, for ever. */
export const stationary: Workload = {
  ...plain,
  name: 'stationary: 10 % change every 30 s, the rest every 2 h',
  lifeOf: tenthBusy,
}

/** What the benchmark runs, in order. */
export const workloads: readonly Workload[] = [
  stationary,
  drifting,
  { ...drifting, name: 'drifting, with somebody always in every room', isNeverEmpty: true },
  { ...plain, name: 'adversarial: all alike, every 5 min', lifeOf: alike(300_000) },
  { ...plain, name: 'adversarial: all alike, every 30 s', lifeOf: alike(30_000) },
  {
    ...plain,
    name: 'over-committed: 10,000 rooms at 30 s, 10 % busy',
    rooms: 10_000,
    intervalMs: 30_000,
    lifeOf: tenthBusy,
  },
]
