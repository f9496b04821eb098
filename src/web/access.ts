import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Users, Verdict } from './basic-auth.ts'
import { createBasicAuth } from './basic-auth.ts'
import { createBcrypt } from './bcrypt.ts'
import type { RateLimit } from './rate-limit.ts'
import { createBucket } from './rate-limit.ts'
import type { RefusalReason } from './refusals.ts'

/** Who may ask, and how often. */
export interface AccessRules {
  /** Empty = everybody may ask. */
  readonly users: Users
  /** Paths, exact to the letter, that are answered without credentials and outside the rate limit. */
  readonly excludedPaths: ReadonlySet<string>
  /** Set on every answer; a page that sets the same header for itself keeps its own. */
  readonly headers: Readonly<Record<string, string>>
  readonly rateLimit?: RateLimit
}

/** What access is built from. */
export interface AccessParts {
  readonly rules: AccessRules
  /** A monotonic clock in milliseconds. */
  readonly monotonic: () => number
  /** Told of every request that is turned away. */
  readonly refused: (reason: RefusalReason, remote: string | undefined) => void
}

/** A listener in terms of Node's own types. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** Rate limit, headers and basic authentication round any listener, by rules that can change. */
export function createAccess(parts: AccessParts) {
  const bcrypt = createBcrypt()
  const verdictOf = createBasicAuth(bcrypt.compare)
  let { rules } = parts
  let bucket = bucketOf(rules)

  function bucketOf({ rateLimit }: AccessRules) {
    return rateLimit && createBucket(rateLimit, parts.monotonic)
  }

  function refuse(request: IncomingMessage, response: ServerResponse, why: Refusal): void {
    parts.refused(why.reason, request.socket.remoteAddress)
    response.writeHead(why.status, {
      'content-type': 'text/plain; charset=utf-8',
      ...why.headers,
    })
    response.end(`${why.text}\n`)
  }

  async function judge(listener: Listener, request: IncomingMessage, response: ServerResponse) {
    const { authorization } = request.headers
    const remote = request.socket.remoteAddress ?? ''
    const verdict = await verdictOf(authorization, rules.users, remote)
    if (request.socket.destroyed) return
    if (verdict === 'right') listener(request, response)
    else refuse(request, response, refusals[verdict])
  }

  return {
    /** The listener for those who may ask; the others get 401 or 429. */
    guard:
      (listener: Listener): Listener =>
      (request, response) => {
        for (const [name, value] of Object.entries(rules.headers)) response.setHeader(name, value)
        const [path = ''] = (request.url ?? '').split('?', 1)
        if (rules.excludedPaths.has(path)) listener(request, response)
        else if (bucket?.() === false) refuse(request, response, refusals.rate)
        else if (rules.users.size === 0) listener(request, response)
        else void judge(listener, request, response)
      },
    /** Goes by other rules from the next request on. */
    set(next: AccessRules): void {
      rules = next
      bucket = bucketOf(rules)
    },
    /** Ends what was started for checking passwords. */
    close: bcrypt.close,
  }
}

interface Refusal {
  readonly reason: RefusalReason
  readonly status: 401 | 429
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

const challenge = { 'www-authenticate': 'Basic realm="rtc-room-exporter", charset="UTF-8"' }

const refusals: Readonly<Record<Exclude<Verdict, 'right'> | 'rate', Refusal>> = {
  missing: {
    reason: 'no credentials',
    status: 401,
    text: 'unauthorized, want a user and a password',
    headers: challenge,
  },
  wrong: {
    reason: 'wrong credentials',
    status: 401,
    text: 'unauthorized, the user or the password is wrong',
    headers: challenge,
  },
  busy: {
    reason: 'too many checks',
    status: 429,
    text: 'too many passwords wait to be checked',
    headers: { 'retry-after': '1' },
  },
  rate: {
    reason: 'rate limit',
    status: 429,
    text: 'too many requests, see rate_limit in the web configuration',
    headers: { 'retry-after': '1' },
  },
}
