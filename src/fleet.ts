import { setImmediate as otherWork } from 'node:timers/promises'
import type { Account as AccountConfig, Config } from './config/config.ts'
import { createCredentialReader } from './config/secrets.ts'
import type { Logger } from './logger.ts'
import type { Account, AccountOptions } from './polling/account.ts'
import { createAccount } from './polling/account.ts'
import { advice } from './polling/failures.ts'
import { watchLoops } from './polling/watchdog.ts'
import type { Answer, Clock, Room } from './room.ts'
import { roomKey } from './room.ts'
import { createFirstSweep } from './rooms/first-sweep.ts'
import { createHistory } from './rooms/history.ts'
import type { Difference } from './rooms/slots.ts'
import { createSweep } from './rooms/sweep.ts'
import type { KeptValue } from './rooms/table.ts'
import { createRoomTable } from './rooms/table.ts'
import { createTrends } from './rooms/trends.ts'
import type { Ask, Client } from './volc/client.ts'
import { createClient } from './volc/client.ts'

/** What the fleet tells to whom. */
export interface FleetLinks {
  readonly clock: Clock
  readonly log: Logger
  readonly userAgent: string
  readonly answered: (account: string, answer: Answer) => void
  readonly retried: (account: string) => void
  readonly accountAdded: (account: string) => void
  readonly accountRemoved: (account: string) => void
  /** Told when a poll loop ends by a bug. */
  readonly broke: (error: unknown) => void
}

interface Member {
  readonly account: Account
  ask: Ask
}

/** Items handled without a pause: about a millisecond's work. */
const itemsAtOnce = 500

async function inTurns<T>(items: readonly T[], handle: (item: T) => void): Promise<void> {
  for (const [at, item] of items.entries()) {
    handle(item)
    if (at % itemsAtOnce === itemsAtOnce - 1) await otherWork()
  }
}

/** A bug in one poll is that poll's failure; the loop goes on. */
async function withoutBug(request: Promise<Answer>, sentAtMs: number, log: Logger) {
  try {
    return await request
  } catch (error) {
    const stack = error instanceof Error ? error.stack : String(error)
    log.error('poll broke', { stack })
    const failure = { reason: 'unknown', detail: 'internal error, see the log' } as const
    const answer: Answer = { reading: { kind: 'failed', failure }, sentAtMs, durationMs: 0 }
    return answer
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
  const members = new Map<string, Member>()
  let client: Client | undefined
  let clientOf = ''
  let lastPollMs: number | undefined
  let polls = 0

  function gauges() {
    const states = [...members.values()].map(({ account }) => account.state())
    const oldestMs = table.oldestSuccessMs()
    return {
      budgetQps: states.reduce((sum, { budgetQps }) => sum + budgetQps, 0),
      demandQps: states.reduce((sum, { demandQps }) => sum + demandQps, 0),
      sweepMs: sweep.lastMs(),
      oldestAgeMs: oldestMs === undefined ? undefined : clock.now() - oldestMs,
    }
  }

  const stalls = () => [...members].map(([name, { account }]) => [name, account.stalled()] as const)

  watchLoops(
    {
      clock,
      loops: stalls,
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
    const failures: Record<string, number> = {}
    for (const { account } of members.values())
      for (const [reason, count] of Object.entries(account.drainFailures()))
        failures[`failed_${reason}`] = (failures[`failed_${reason}`] ?? 0) + count
    const seconds = Math.round((sweep.lastMs() ?? 0) / 100) / 10
    const { fresh, stale } = table.counts()
    log.info('sweep finished', { seconds, fresh, stale, ...failures })
  }

  function answered(name: string, answer: Answer, isNews: boolean) {
    links.answered(name, answer)
    trends.answered(answer)
    if (answer.reading.kind !== 'failed' || !isNews) return
    const { reason, detail } = answer.reading.failure
    const skew = answer.clockSkewMs
    const clockSkew = reason === 'clock' && skew !== undefined && { skew_seconds: skew / 1000 }
    log.warn('API request failed', {
      account: name,
      reason,
      detail,
      request_id: answer.requestId,
      ...clockSkew,
      advice: advice[reason],
    })
  }

  function addMember(name: string, options: AccountOptions, ask: Ask): Member {
    const account = createAccount(options, {
      clock,
      random: Math.random,
      ask(slot, written) {
        const room = table.room(slot)
        if (room) history.asked(slot)
        return room && withoutBug(member.ask(room, written), clock.now(), log)
      },
      answered: (answer, isNews) => {
        answered(name, answer, isNews)
      },
      retried: () => {
        links.retried(name)
      },
      finished,
    })
    const member: Member = { account, ask }
    members.set(name, member)
    links.accountAdded(name)
    account.run().catch(links.broke)
    return member
  }

  function clientFor({ api }: Config): Client {
    const wanted = JSON.stringify(api)
    if (client !== undefined && wanted === clientOf) return client
    const old = client
    if (old !== undefined)
      void clock.sleep(api.timeoutMs).then(() => {
        old.close()
      })
    client = createClient(api, links.userAgent, clock)
    clientOf = wanted
    return client
  }

  function askFor(client: Client, { name, credentials }: AccountConfig): Ask {
    return client.forAccount(
      createCredentialReader(credentials, {
        monotonic: () => clock.monotonic(),
        onProblem: (problem) => {
          log.warn('keys cannot be read', { account: name, problem })
        },
      }),
    )
  }

  function setAccounts(config: Config) {
    const { api, polling } = config
    const asking = clientFor(config)
    for (const [name, { account }] of members) {
      if (config.accounts.some((kept) => kept.name === name)) continue
      account.stop()
      members.delete(name)
      links.accountRemoved(name)
    }
    for (const wanted of config.accounts) {
      const options = { ...polling, ...api, qps: wanted.qps }
      const ask = askFor(asking, wanted)
      const member = members.get(wanted.name) ?? addMember(wanted.name, options, ask)
      member.ask = ask
      member.account.set(options)
    }
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

  const scheduleOf = (account: string) => members.get(account)?.account.schedule
  const isBusy = (slot: number) => [...members.values()].some(({ account }) => account.isBusy(slot))

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
      setAccounts(config)
      for (const former of removed) {
        scheduleOf(former.before.account)?.remove(former.slot)
        table.remove(former)
      }
      history.set(
        table.count() + added.length,
        removed.map(({ slot }) => slot),
      )
      await inTurns(changed, change)
      const kept = new Map(earlier.map((value) => [value.key, value]))
      const newSlots: number[] = []
      const restored: number[] = []
      await inTurns(added, (room) => {
        const slot = table.add(room, isBusy)
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
      for (const { account } of members.values()) account.stop()
      client?.close()
    },
    /** When the last poll finished, Unix milliseconds. */
    lastPollMs: () => lastPollMs,
    /** How many polls have finished. */
    polls: () => polls,
    /** Why a poll loop is taken for dead; undefined while all move. */
    stalled(): string | undefined {
      for (const [name, why] of stalls()) if (why !== undefined) return `account ${name}: ${why}`
      return undefined
    },
    /** What the exporter's metrics say about each account. */
    accounts: () =>
      [...members].map(([name, { account }]) => ({ account: name, ...account.state() })),
    /** Why a room is polled when it is. */
    explain(slot: number) {
      const room = table.room(slot)
      return room && scheduleOf(room.account)?.explain(slot, clock.monotonic())
    },
  }
}

/** See {@link createFleet}. */
export type Fleet = ReturnType<typeof createFleet>
