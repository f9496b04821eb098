import type { Explanation, Outcome } from '../room.ts'
import type { CadenceOptions } from './cadence.ts'
import { createChangeRates, type ChangeRates } from './changes.ts'
import { dueMs, explain } from './explanation.ts'
import { createGroups } from './groups.ts'
import { createQueue, enter, first, leave } from './queue.ts'
import { lineUp, newTurn, type Turn } from './turn.ts'

/** Whose turn it is. A room goes by a small whole number; all times are monotonic milliseconds. */
export interface Schedule {
  /**
   * Adds a room. Without a last poll it goes before every polled room, in order of adding.
   *
   * @throws when the room is there already
   */
  add(room: number, intervalMs: number, lastPolledMs?: number): void
  /** Forgets a room, also one that is taken; nothing happens when it is not there. */
  remove(room: number): void
  /** Gives a room another interval; its place and what was learnt about it are kept. */
  setInterval(room: number, intervalMs: number): void
  /** Changes the terms, and what may be spent now. */
  setOptions(options: Partial<CadenceOptions>): void
  /** Milliseconds until a turn is due: 0 for now, Infinity when no room waits. */
  msUntilDue(nowMs: number): number
  /** Takes the most overdue room, due or not; undefined when none waits. It is nobody else's until finished. */
  take(nowMs: number): number | undefined
  /** Gives a taken room back. */
  finish(room: number, outcome: Outcome): void
  /** Age ÷ interval of the most overdue waiting room; Infinity while one has never been polled. */
  overdue(nowMs: number): number
  /** When a room's turn comes, as {@link Explanation} says, monotonic milliseconds; undefined when it is not there. */
  dueMs(room: number, nowMs: number): number | undefined
  /** Why a room is polled when it is; undefined when it is not there. */
  explain(room: number, nowMs: number): Explanation | undefined
  /** How many rooms there are. */
  size(): number
  /** How many of them have never been polled. */
  pending(): number
  /** Requests a second that the intervals ask for. */
  demand(): number
}

/**
 * So many turns in a row go to rooms past their limit while others were never polled. The limits leave
 * those their share of the budget, but only of what it is said to be; this holds when it is less.
 */
const mostLateTurns = 3

/**
 * An empty schedule. It has no timers: each question costs a look at the longest waiting room of each
 * group (of equal interval and about equal rate of changes), however many rooms there are.
 */
export function createSchedule(
  initial: CadenceOptions,
  rates: ChangeRates = createChangeRates(),
): Schedule {
  let options = initial
  const turns = new Map<number, Turn>()
  const taken = new Map<number, Turn>()
  const unpolled = createQueue<Turn>()
  const confirming = createQueue<Turn>()
  const groups = createGroups(() => options)
  let lateTurns = 0

  const groupFor = (room: number, intervalMs: number) =>
    groups.groupFor(intervalMs, rates.rateOf(room))
  const regroup = (turn: Turn, intervalMs: number) => {
    turn.group.members -= 1
    turn.group = groupFor(turn.room, intervalMs)
    turn.group.members += 1
  }
  const enterUnspaced = (turn: Turn) => {
    turn.sinceMs = turn.polledMs
    enter(turn.polledMs === -Infinity ? unpolled : turn.group.queue, turn)
  }
  const placeOf = ({ queue }: Turn) => {
    if (queue === undefined) return 'taken'
    if (queue === unpolled) return 'unpolled'
    return queue === confirming ? 'confirming' : 'in line'
  }
  const confirmationDueMs = () => (first(confirming)?.sinceMs ?? Infinity) + options.minIntervalMs

  const choose = (nowMs: number): Turn | undefined => {
    if (confirmationDueMs() <= nowMs) return first(confirming)
    const newcomer = first(unpolled)
    const most = groups.mostOverdue(nowMs)
    if (newcomer === undefined) return most?.turn ?? first(confirming)
    lateTurns = most?.isLate === true && lateTurns < mostLateTurns ? lateTurns + 1 : 0
    return lateTurns > 0 ? most?.turn : newcomer
  }

  return {
    add(room, intervalMs, lastPolledMs = -Infinity) {
      if (turns.has(room)) throw new Error(`room ${String(room)} is in the schedule already`)
      const group = groupFor(room, intervalMs)
      const turn = newTurn(room, group, lastPolledMs)
      group.members += 1
      turns.set(room, turn)
      if (!taken.has(room)) enterUnspaced(turn)
      groups.renew()
    },
    remove(room) {
      const turn = turns.get(room)
      if (turn === undefined) return
      leave(turn)
      turn.group.members -= 1
      turns.delete(room)
      rates.forget(room)
      groups.renew()
    },
    setInterval(room, intervalMs) {
      const turn = turns.get(room)
      if (turn === undefined) return
      const isInLine = turn.queue === turn.group.queue
      regroup(turn, intervalMs)
      if (isInLine) {
        leave(turn)
        enterUnspaced(turn)
      }
      groups.renew()
    },
    setOptions(changed) {
      options = { ...options, ...changed }
      groups.renew()
    },
    msUntilDue(nowMs) {
      groups.keepPace(nowMs)
      if (unpolled.size > 0) return 0
      return Math.max(0, Math.min(confirmationDueMs(), groups.dueMs()) - nowMs)
    },
    take(nowMs) {
      groups.keepPace(nowMs)
      const turn = choose(nowMs)
      if (turn === undefined) return undefined
      turn.isConfirmation = turn.queue === confirming
      leave(turn)
      turn.polledMs = nowMs
      taken.set(turn.room, turn)
      return turn.room
    },
    finish(room, { changed, occupied, emptied }) {
      const polled = taken.get(room)
      if (polled === undefined) throw new Error(`room ${String(room)} was not taken`)
      taken.delete(room)
      const turn = turns.get(room)
      if (turn === undefined) return
      if (turn !== polled) {
        enterUnspaced(turn)
        return
      }
      if (occupied !== undefined) {
        const gapMs = turn.polledMs - (turn.seenMs ?? turn.polledMs)
        rates.learn(room, { isOccupied: occupied, changed, gapMs })
        turn.seenMs = turn.polledMs
        regroup(turn, turn.group.intervalMs)
      }
      if (emptied && !turn.isConfirmation) {
        turn.sinceMs = turn.polledMs
        enter(confirming, turn)
      } else {
        lineUp(turn, (unpolled.size / options.qps) * 1000, options.minIntervalMs)
      }
    },
    overdue: (nowMs) => (unpolled.size > 0 ? Infinity : groups.overdue(nowMs)),
    dueMs(room, nowMs) {
      groups.keepPace(nowMs)
      const turn = turns.get(room)
      return turn && dueMs(turn, placeOf(turn), options.minIntervalMs, nowMs)
    },
    explain(room, nowMs) {
      groups.keepPace(nowMs)
      const turn = turns.get(room)
      return turn && explain(turn, placeOf(turn), rates.rateOf(room), options.minIntervalMs, nowMs)
    },
    size: () => turns.size,
    pending: () => unpolled.size,
    demand: groups.demand,
  }
}
