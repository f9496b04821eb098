import type { Account as AccountConfig, Config } from './config/config.ts'
import { createCredentialReader } from './config/secrets.ts'
import type { Logger } from './logger.ts'
import type { Account, AccountLinks, AccountOptions } from './polling/account.ts'
import { createAccount } from './polling/account.ts'
import { advice } from './polling/failures.ts'
import type { Answer, Clock, Room } from './room.ts'
import type { Ask, Client } from './volc/client.ts'
import { createClient } from './volc/client.ts'

/** What the accounts tell to whom. */
export interface AccountsLinks {
  readonly clock: Clock
  readonly log: Logger
  readonly userAgent: string
  readonly answered: (account: string, answer: Answer) => void
  readonly retried: (account: string) => void
  readonly accountAdded: (account: string) => void
  readonly accountRemoved: (account: string) => void
  /** The room in a slot, which is about to be asked for; undefined when it has left. */
  readonly asking: (slot: number) => Room | undefined
  /** A poll has ended, retries included. */
  readonly finished: AccountLinks['finished']
  /** Told when a poll loop ends by a bug. */
  readonly broke: (error: unknown) => void
}

interface Member {
  readonly account: Account
  ask: Ask
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

/** Every account at work: its keys, its poll loop, and the client that they share. */
export function createAccounts(links: AccountsLinks) {
  const { clock, log } = links
  const members = new Map<string, Member>()
  let client: Client | undefined
  let clientOf = ''

  function answered(name: string, answer: Answer, isNews: boolean) {
    links.answered(name, answer)
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
        const room = links.asking(slot)
        return room && withoutBug(member.ask(room, written), clock.now(), log)
      },
      answered: (answer, isNews) => {
        answered(name, answer, isNews)
      },
      retried: () => {
        links.retried(name)
      },
      finished: links.finished,
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

  return {
    /** Takes over a configuration: accounts that stay keep their budget and their schedule. */
    set(config: Config) {
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
    },
    /** The order in which an account's rooms have their turn. */
    scheduleOf: (name: string) => members.get(name)?.account.schedule,
    /** Whether a request about the room in a slot is under way. */
    isBusy: (slot: number) => [...members.values()].some(({ account }) => account.isBusy(slot)),
    /** What the exporter's metrics say about each account. */
    states: () =>
      [...members].map(([name, { account }]) => ({ account: name, ...account.state() })),
    /** Each account, and why its poll loop is taken for dead; undefined while it moves. */
    stalls: () => [...members].map(([name, { account }]) => [name, account.stalled()] as const),
    /** Failures by reason since the last call, of all accounts. */
    drainFailures(): Readonly<Record<string, number>> {
      const failures: Record<string, number> = {}
      for (const { account } of members.values())
        for (const [reason, count] of Object.entries(account.drainFailures()))
          failures[reason] = (failures[reason] ?? 0) + count
      return failures
    },
    /** Begins no more requests. */
    stop() {
      for (const { account } of members.values()) account.stop()
      client?.close()
    },
  }
}
