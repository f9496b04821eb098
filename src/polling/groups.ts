import { createCadence, demandOf, type CadenceOptions } from './cadence.ts'
import { first } from './queue.ts'
import { isSlow, newGroup, type Beat, type Group, type Turn } from './turn.ts'

/** The groups, each with its pace, and who of those waiting in them comes next. */
export interface Groups {
  /** The group of rooms with this interval and about this many changes a millisecond. */
  groupFor(intervalMs: number, changesPerMs: number): Group
  /** Sees to it that the paces fit the rooms: at once after `renew`, else each second. */
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

/** Rates in one group differ by less than this factor, their best intervals by its square root. */
const breadth = Math.log(1.69)

/** The seldomest rate told apart: one change a day. */
const seldomPerMs = 1 / 86_400_000

const nobody: { turn: Turn | undefined; rank: number; ratio: number } = {
  turn: undefined,
  rank: -1,
  ratio: 0,
}

/** No groups yet; `options` gives the terms in force. */
export function createGroups(options: () => CadenceOptions): Groups {
  const groups = new Map<string, Group>()
  const beats = new Map<number, Beat>()
  let pacedMs = -Infinity
  let isBudgetSpent = false

  /** A budget that is needed in full is not left unused while a room has waited half its time. */
  const earliestMs = ({ sinceMs, polledMs, group: { targetMs } }: Turn) =>
    isBudgetSpent
      ? Math.max(sinceMs + targetMs / 2, polledMs + options().minIntervalMs)
      : sinceMs + targetMs
  /** Past its limit before past its due time, that before in its turn, that before too early. */
  const rankOf = (turn: Turn, nowMs: number): { rank: number; ratio: number } => {
    const { targetMs, limitMs } = turn.group
    const lateness = (nowMs - turn.polledMs) / limitMs
    if (lateness >= 1) return { rank: 3, ratio: lateness }
    const ratio = (nowMs - turn.sinceMs) / targetMs
    if (nowMs >= turn.sinceMs + limitMs) return { rank: 2, ratio }
    return { rank: earliestMs(turn) <= nowMs ? 1 : 0, ratio }
  }
  const heads = () =>
    [...groups.values()].map(({ queue }) => first(queue)).filter((turn) => turn !== undefined)

  return {
    groupFor(intervalMs, changesPerMs) {
      const level = Math.max(0, Math.round(Math.log(changesPerMs / seldomPerMs) / breadth))
      const key = `${String(intervalMs)} ${String(level)}`
      const beat = beats.get(intervalMs) ?? { members: 0, dueMs: -Infinity }
      const group =
        groups.get(key) ?? newGroup(intervalMs, Math.exp(level * breadth) * seldomPerMs, beat)
      if (group.members === 0) pacedMs = -Infinity
      groups.set(key, group)
      beats.set(intervalMs, beat)
      return group
    },
    keepPace(nowMs) {
      if (nowMs - pacedMs < 1000) return
      pacedMs = nowMs
      for (const [key, group] of groups) if (group.members === 0) groups.delete(key)
      const used = new Set([...groups.values()].map(({ intervalMs }) => intervalMs))
      for (const [intervalMs, beat] of beats) {
        beat.members = 0
        if (!used.has(intervalMs)) beats.delete(intervalMs)
      }
      const paceOf = createCadence([...groups.values()], options())
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
      const ranked = heads().map((turn) => ({ turn, ...rankOf(turn, nowMs) }))
      const most = ranked.reduce(
        (best, one) =>
          one.rank > best.rank || (one.rank === best.rank && one.ratio > best.ratio) ? one : best,
        nobody,
      )
      return most.turn && { turn: most.turn, isLate: most.rank >= 2 }
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
