import { setImmediate as otherWork } from 'node:timers/promises'
import type { AccountsLinks } from './accounts.ts'
import { createAccounts } from './accounts.ts'
import type { Config } from './config/config.ts'
import { watchLoops } from './polling/watchdog.ts'
import type { Answer, Room } from './room.ts'
import { roomKey } from './room.ts'
import { createFirstSweep } from './rooms/first-sweep.ts'
import { createHistory } from './rooms/history.ts'
import type { Difference } from './rooms/slots.ts'
import { createSweep } from './rooms/sweep.ts'
import type { KeptValue } from './rooms/table.ts'
import { createRoomTable } from './rooms/table.ts'
import { createTrends } from './rooms/trends.ts'

/** What the fleet tells to whom. */
export type FleetLinks = Omit<AccountsLinks, 'asking' | 'finished'>

/** Items handled without a pause: about a millisecond's work. */
const itemsAtOnce = 500

async function inTurns<T>(items: readonly T[], handle: (item: T) => void): Promise<void> {
  for (const [at, item] of items.entries()) {
    handle(item)
    if (at % itemsAtOnce === itemsAtOnce - 1) await otherWork()
  }
}

/**
 * All that polls: the rooms of the configuration in force, what is known about them, and every
 * account at work. `set` takes over another configuration without losing what stays the same.
 */
export function createFleet(links: FleetLinks) {
  const { clock, log } = links
  const table = createRoomTable(clock)
  const sweep = createSweep(clock)
  const firstSweep = createFirstSweep(clock, sweep, table.count)
  const history = createHistory()
  const trends = createTrends(clock, gauges)
  const stopping = new AbortController()
  const accounts = createAccounts({
    ...links,
    answered(account, answer) {
      links.answered(account, answer)
      trends.answered(answer)
    },
    asking(slot) {
      const room = table.room(slot)
      if (room) history.asked(slot)
      return room
    },
    finished,
  })
  const { scheduleOf } = accounts
  let lastPollMs: number | undefined
  let polls = 0

  function gauges() {
    const states = accounts.states()
    const oldestMs = table.oldestSuccessMs()
    return {
      budgetQps: states.reduce((sum, { budgetQps }) => sum + budgetQps, 0),
      demandQps: states.reduce((sum, { demandQps }) => sum + demandQps, 0),
      sweepMs: sweep.lastMs(),
      oldestAgeMs: oldestMs === undefined ? undefined : clock.now() - oldestMs,
    }
  }

  watchLoops(
    {
      clock,
      loops: accounts.stalls,
      stalled(account, why) {
        log.error('poll loop stands still', { account, why, advice: 'restart the exporter' })
      },
      moves(account) {
        log.warn('poll loop moves again', { account })
      },
    },
    stopping.signal,
  ).catch(links.broke)
  trends.run(stopping.signal).catch(links.broke)
  firstSweep
    .run(stopping.signal, ({ polled, rooms, leftMs }) => {
      const secondsLeft = leftMs === undefined ? undefined : Math.round(leftMs / 1000)
      log.info('first sweep under way', { polled, rooms, seconds_left: secondsLeft })
    })
    .catch(links.broke)

  function finished(slot: number, answer: Answer) {
    lastPollMs = clock.now()
    polls += 1
    const outcome = table.record(slot, answer.reading, answer.sentAtMs)
    history.finished(slot, answer)
    if (sweep.polled(slot)) logSweep()
    return outcome
  }

  function logSweep() {
    const failures = Object.entries(accounts.drainFailures())
    const failed = Object.fromEntries(failures.map(([reason, n]) => [`failed_${reason}`, n]))
    const seconds = Math.round((sweep.lastMs() ?? 0) / 100) / 10
    const { fresh, stale } = table.counts()
    log.info('sweep finished', { seconds, fresh, stale, ...failed })
  }

  async function compared(rooms: readonly Room[]): Promise<Difference> {
    const comparing = table.compare(rooms)
    for (;;) {
      const step = comparing.next()
      if (step.done) return step.value
      await otherWork()
    }
  }

  function change({ slot, before, room }: Difference['changed'][number]) {
    table.replace(slot, room)
    if (room.account !== before.account) {
      scheduleOf(before.account)?.remove(slot)
      scheduleOf(room.account)?.add(slot, room.intervalMs)
    } else if (room.intervalMs !== before.intervalMs)
      scheduleOf(room.account)?.setInterval(slot, room.intervalMs)
  }

  /** Puts a value of an earlier run back; gives when its room was polled last, monotonic milliseconds. */
  function restore(value: KeptValue | undefined): number | undefined {
    if (value === undefined || table.restore(value) === undefined) return undefined
    return clock.monotonic() - Math.max(0, clock.now() - value.lastPollMs)
  }

  return {
    table,
    sweep,
    history,
    trends,
    /** How far the first sweep is; undefined once it is over. */
    firstSweep: firstSweep.progress,
    /**
     * Takes over a configuration; what it shares with the one before goes on undisturbed, and
     * polling does not stand still. Not to be called again before it resolves. Values of an earlier
     * run come back with their age and place; gives how many did.
     */
    async set(config: Config, earlier: readonly KeptValue[] = []): Promise<number> {
      const { removed, changed, added } = await compared(config.rooms)
      if (stopping.signal.aborted) return 0
      accounts.set(config)
      await inTurns(removed, (former) => {
        scheduleOf(former.before.account)?.remove(former.slot)
        table.remove(former)
      })
      history.set(
        table.count() + added.length,
        removed.map(({ slot }) => slot),
      )
      await inTurns(changed, change)
      const kept = new Map(earlier.map((value) => [value.key, value]))
      const newSlots: number[] = []
      const restored: number[] = []
      await inTurns(added, (room) => {
        const slot = table.add(room, accounts.isBusy)
        const lastPollMs = restore(kept.get(roomKey(room)))
        scheduleOf(room.account)?.add(slot, room.intervalMs, lastPollMs)
        newSlots.push(slot)
        if (lastPollMs !== undefined) restored.push(slot)
      })
      sweep.set(table.slots(), newSlots)
      sweep.skip(restored)
      return restored.length
    },
    /** Begins no more requests. */
    stop() {
      stopping.abort()
      accounts.stop()
    },
    /** When the last poll finished, Unix milliseconds. */
    lastPollMs: () => lastPollMs,
    /** How many polls have finished. */
    polls: () => polls,
    /** Why a poll loop is taken for dead; undefined while all move. */
    stalled(): string | undefined {
      for (const [name, why] of accounts.stalls())
        if (why !== undefined) return `account ${name}: ${why}`
      return undefined
    },
    /** What the exporter's metrics say about each account. */
    accounts: accounts.states,
    /** When a room's turn comes, monotonic milliseconds. */
    dueMs(slot: number) {
      const room = table.room(slot)
      return room && scheduleOf(room.account)?.dueMs(slot, clock.monotonic())
    },
    /** Why a room is polled when it is. */
    explain(slot: number) {
      const room = table.room(slot)
      return room && scheduleOf(room.account)?.explain(slot, clock.monotonic())
    },
  }
}

/** See {@link createFleet}. */
export type Fleet = ReturnType<typeof createFleet>
