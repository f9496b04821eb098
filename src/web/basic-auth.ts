import { createHmac, randomBytes } from 'node:crypto'
import type { Compare } from './bcrypt.ts'
import { createTurns } from './turns.ts'

/** What the credentials of a request are; `busy` = too many checks wait, so nobody looked. */
export type Verdict = 'right' | 'wrong' | 'missing' | 'busy'

/** User names to bcrypt hashes. */
export type Users = ReadonlyMap<string, string>

/** So many verdicts of each kind are kept; one is 44 characters. */
const verdictLimit = 1000

/** One address waits for 4 checks at most, some 0.1 s each at bcrypt's cost 10. */
const limits = { perKey: 4, keys: 32 }

/** Never right: it stands for no password. Salt and digest are well-formed and arbitrary. */
const noHash = (cost: string) => `$2b$${cost}$${'.'.repeat(22)}${'x'.repeat(31)}`

/** The user and password in an `Authorization` header of the scheme Basic. */
export function parseBasic(header: string | undefined) {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon === -1) return undefined
  return { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

/**
 * Checks credentials by `compare`, one comparison at a time, and keeps the verdicts: right ones
 * apart, so that no number of wrong passwords makes a scraper's be computed again. Unknown users
 * take the same way as known ones, with a hash of the highest cost among `users`.
 */
export function createBasicAuth(compare: Compare) {
  const secret = randomBytes(32)
  const right = new Set<string>()
  const wrong = new Set<string>()
  const underWay = new Map<string, Promise<Verdict>>()
  const turns = createTurns(limits)

  function keep(digest: string, verdict: Verdict): Verdict {
    const verdicts = verdict === 'right' ? right : wrong
    verdicts.delete(digest)
    verdicts.add(digest)
    const [oldest] = verdicts
    if (verdicts.size > verdictLimit && oldest !== undefined) verdicts.delete(oldest)
    return verdict
  }

  /** The verdict on a request's `Authorization` header; `remote` is whom its cost is laid upon. */
  return async function verdictOf(
    header: string | undefined,
    users: Users,
    remote: string,
  ): Promise<Verdict> {
    const credentials = parseBasic(header)
    if (credentials === undefined) return 'missing'
    const { user, password } = credentials
    const known = users.get(user)
    const hash = known ?? noHash(highestCost(users))
    const digest = createHmac('sha256', secret)
      .update(JSON.stringify([user, hash, password]))
      .digest('base64')
    if (right.has(digest)) return keep(digest, 'right')
    if (wrong.has(digest)) return keep(digest, 'wrong')
    const shared = underWay.get(digest)
    if (shared !== undefined) return shared

    const checked = turns.take(remote, async (): Promise<Verdict> => {
      const matches = await compare(password, hash)
      return keep(digest, matches && known !== undefined ? 'right' : 'wrong')
    })
    if (checked === undefined) return 'busy'
    const forget = () => underWay.delete(digest)
    underWay.set(digest, checked.finally(forget))
    return checked
  }
}

function highestCost(users: Users): string {
  const costs = [...users.values()].map((hash) => hash.slice(4, 6))
  return costs.reduce((highest, cost) => (cost > highest ? cost : highest), '04')
}
