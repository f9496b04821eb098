import { createCadence, demandOf, type CadenceOptions } from './cadence.ts'
import { first } from './queue.ts'
import { isSlow, newGroup, type Beat, type Group, type Turn } from './turn.ts'

/** The groups, each with its pace, and who of those waiting in them comes next. */
export interface Groups {
  /** The group of rooms with this interval and about this many changes a millisecond. */
  groupFor(intervalMs: number, changesPerMs: number): Group
  /** Sees to it that the paces fit the rooms: at once after `renew`, else now and then. */
  keepPace(nowMs: number): void
  /** Rooms came or went, or the terms changed. */
  renew(): void
  /** The most overdue room, and whether it is later than it was promised. */
  mostOverdue(nowMs: number): { readonly turn: Turn; readonly isLate: boolean } | undefined
  /** When a room may have a turn, monotonic milliseconds; Infinity when none waits. */
  dueMs(): number
  /** Age ÷ interval of the room for which that is most; 0 when none waits. */
  overdue(nowMs: number): number
  /** Requests a second that the intervals ask for. */
  demand(): number
}

/** For so long the paces stand while rooms do no more than change groups, in milliseconds. */
const paceForMs = 2000

/** A budget that is needed in full is not left unused while a room has waited this much of its time. */
const earlyShare = 0.9

/** Rates in one group differ by less than this factor, their best intervals by its square root. */
const breadth = Math.log(1.69)

/** The seldomest rate told apart: one change a day. */
const seldomPerMs = 1 / 86_400_000

/** Past its limit (3) goes before past its due time (2), that before in turn, that before too early. */
interface Ranked {
  readonly turn: Turn
  readonly rank: 0 | 1 | 2 | 3
  readonly ratio: number
}

/** No groups yet; `options` gives the terms in force. */
export function createGroups(options: () => CadenceOptions): Groups {
  const groups = new Map<string, Group>()
  const beats = new Map<number, Beat>()
  let paceOf = createCadence([], options())
  let pacedMs = -Infinity
  let isBudgetSpent = false

  /** Over the budget a room may have its turn once its value is `intervalMs` old: no slot is left unused. */
  const earliestMs = ({ sinceMs, polledMs, group: { targetMs, intervalMs } }: Turn) => {
    const inTurnMs = sinceMs + (isBudgetSpent ? earlyShare : 1) * targetMs
    const leastMs = polledMs + Math.min(options().minIntervalMs, intervalMs)
    return Math.max(Math.min(inTurnMs, polledMs + intervalMs), leastMs)
  }
  const rank = (turn: Turn, nowMs: number): Ranked => {
    const { targetMs, limitMs } = turn.group
    const lateness = (nowMs - turn.polledMs) / limitMs
    if (lateness >= 1) return { turn, rank: 3, ratio: lateness }
    const ratio = (nowMs - turn.sinceMs) / targetMs
    if (nowMs >= turn.sinceMs + limitMs) return { turn, rank: 2, ratio }
    return { turn, rank: earliestMs(turn) <= nowMs ? 1 : 0, ratio }
  }
  const heads = () =>
    [...groups.values()].map(({ queue }) => first(queue)).filter((turn) => turn !== undefined)

  return {
    groupFor(intervalMs, changesPerMs) {
      const level = Math.max(0, Math.round(Math.log(changesPerMs / seldomPerMs) / breadth))
      const key = `${String(intervalMs)} ${String(level)}`
      const beat = beats.get(intervalMs) ?? { members: 0, dueMs: -Infinity }
      let group = groups.get(key)
      if (group === undefined) {
        group = newGroup(intervalMs, Math.exp(level * breadth) * seldomPerMs, beat)
        Object.assign(group, paceOf(group))
        groups.set(key, group)
        beats.set(intervalMs, beat)
      }
      return group
    },
    keepPace(nowMs) {
      if (nowMs - pacedMs < paceForMs) return
      pacedMs = nowMs
      for (const [key, group] of groups) if (group.members === 0) groups.delete(key)
      const used = new Set([...groups.values()].map(({ intervalMs }) => intervalMs))
      for (const [intervalMs, beat] of beats) {
        beat.members = 0
        if (!used.has(intervalMs)) beats.delete(intervalMs)
      }
      paceOf = createCadence([...groups.values()], options())
      let perMs = 0
      for (const group of groups.values()) {
        Object.assign(group, paceOf(group))
        if (isSlow(group)) group.beat.members += group.members
        perMs += group.members / group.targetMs
      }
      isBudgetSpent = perMs > (0.99 * options().qps) / 1000
    },
    renew() {
      pacedMs = -Infinity
    },
    mostOverdue(nowMs) {
      let most: Ranked | undefined
      for (const turn of heads()) {
        const one = rank(turn, nowMs)
        const isMore =
          most === undefined ||
          one.rank > most.rank ||
          (one.rank === most.rank && one.ratio > most.ratio)
        if (isMore) most = one
      }
      return most && { turn: most.turn, isLate: most.rank >= 2 }
    },
    dueMs: () => heads().reduce((dueMs, turn) => Math.min(dueMs, earliestMs(turn)), Infinity),
    overdue: (nowMs) =>
      heads().reduce(
        (most, { polledMs, group }) => Math.max(most, (nowMs - polledMs) / group.intervalMs),
        0,
      ),
    demand: () => demandOf([...groups.values()]),
  }
}
