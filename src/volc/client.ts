import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Answer, Clock, Failure, Reading, Room } from '../room.ts'
import type { ParsedAnswer } from './answer.ts'
import { parseAnswer } from './answer.ts'
import type { Credentials } from './signature.ts'
import { canonicalQuery, createSigner } from './signature.ts'

/** Where the API is and how long it may take. */
export interface Endpoint {
  /** Scheme, host and port. */
  readonly endpoint: string
  readonly region: string
  /** API version, a date such as `2023-11-01`. */
  readonly version: string
  /** One request, from start to last byte, in milliseconds. */
  readonly timeoutMs: number
}

/**
 * Asks the API once about one room. Calls `written` when the request has been handed to the
 * operating system whole. A failure is an answer; rejects only on a bug.
 */
export type Ask = (room: Room, written: () => void) => Promise<Answer>

/** A client of one endpoint, with its connections. */
export interface Client {
  /** The `Ask` of one account; the keys are read anew for each request. */
  forAccount(readCredentials: () => Promise<Credentials>): Ask
  /** Closes all connections, requests under way included. */
  close(): void
}

/** With the time in its `Date` header, Unix milliseconds; NaN where it is not a time. */
type DatedAnswer = ParsedAnswer & { readonly date?: number }

/** Largest body that is read; the largest the API can send is about 1.3 MB. */
const largestBody = 8 * 1024 * 1024

const failed = (failure: Failure): Reading => ({ kind: 'failed', failure })

const textOf = (error: object, field: string): string => {
  const value: unknown = Reflect.get(error, field)
  return typeof value === 'string' ? value : ''
}

/** Errors of sockets, DNS and TLS say no secret: keys travel in headers only. */
function readingOfError(error: unknown): Reading {
  const thrown = error instanceof Object ? error : new Error(String(error))
  if (textOf(thrown, 'name') === 'TimeoutError')
    return failed({ reason: 'timeout', detail: 'no whole answer in time' })
  const code = textOf(thrown, 'code')
  const detail = `${code} ${textOf(thrown, 'message')}`.trim().slice(0, 200)
  return failed({ reason: code.startsWith('HPE_') ? 'bad_response' : 'network', detail })
}

/**
 * The client of `GetRoomOnlineUsers`, the only call there is. Every request is signed afresh and
 * made exactly once: retries, like every other use of the account's budget, are the poller's.
 */
export function createClient(api: Endpoint, userAgent: string, clock: Clock): Client {
  const { host } = new URL(api.endpoint)
  const agent = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true }),
  }
  // Loaded with the first request, which is a second after the start: `/metrics` answers sooner.
  async function loadHttp() {
    const { default: got } = await import('got')
    return got.extend({
      agent,
      headers: { 'user-agent': userAgent, accept: 'application/json' },
      timeout: { request: api.timeoutMs },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      decompress: false,
    })
  }
  let http: ReturnType<typeof loadHttp> | undefined

  async function get(url: string, headers: Record<string, string>, written: () => void) {
    const request = (await (http ??= loadHttp()))(url, { headers })
    const read = { isTooLarge: false }
    void request.on('request', (sent) => sent.once('finish', written))
    void request.on('downloadProgress', ({ transferred }) => {
      if (transferred <= largestBody) return
      read.isTooLarge = true
      request.cancel()
    })
    try {
      return await request
    } catch (error) {
      if (read.isTooLarge) return undefined
      throw error
    }
  }

  async function read(
    url: string,
    headers: Record<string, string>,
    written: () => void,
  ): Promise<DatedAnswer> {
    try {
      const response = await get(url, headers, written)
      const receivedAtMs = clock.now()
      if (response === undefined)
        return { reading: failed({ reason: 'bad_response', detail: 'body over 8 MiB' }) }
      const parsed = parseAnswer({
        status: response.statusCode,
        body: response.body,
        retryAfter: response.headers['retry-after'],
        receivedAtMs,
      })
      return { ...parsed, date: Date.parse(response.headers.date ?? '') }
    } catch (error) {
      return { reading: readingOfError(error) }
    }
  }

  return {
    forAccount(readCredentials) {
      const sign = createSigner()

      async function askOnce(
        room: Room,
        sentAtMs: number,
        written: () => void,
      ): Promise<DatedAnswer> {
        const query = canonicalQuery({
          Action: 'GetRoomOnlineUsers',
          Version: api.version,
          AppId: room.appId,
          RoomId: room.roomId,
        })
        const { region } = api
        const date = new Date(sentAtMs)
        const keys = await readCredentials().then(
          (credentials) => ({ credentials }),
          (error: unknown) => ({ reading: failed({ reason: 'auth', detail: String(error) }) }),
        )
        if ('reading' in keys) return keys
        const headers = sign({ host, query, region, credentials: keys.credentials, date })
        return read(`${api.endpoint}/?${query}`, headers, written)
      }

      return async (room, written) => {
        const sentAtMs = clock.now()
        const startedAt = clock.monotonic()
        const { date = NaN, ...parsed } = await askOnce(room, sentAtMs, written)
        const durationMs = clock.monotonic() - startedAt
        // The header has whole seconds, so the API's clock was half a second further on average.
        const clockSkewMs = sentAtMs + durationMs / 2 - (date + 500)
        const isDated = !Number.isNaN(clockSkewMs)
        return { ...parsed, sentAtMs, durationMs, ...(isDated && { clockSkewMs }) }
      }
    },
    close() {
      agent.http.destroy()
      agent.https.destroy()
    },
  }
}
