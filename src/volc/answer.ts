import { z } from 'zod'
import type { Failure, FailureReason, Reading } from '../room.ts'

const Count = z.int().nonnegative()

const Result = z
  .object({
    RoomExists: z.boolean().optional(),
    /** The overseas twin's spelling. */
    RoomExist: z.boolean().optional(),
    TotalUser: z.unknown().optional(),
    TotalInvisibleUser: z.unknown().optional(),
  })
  .transform((result, context) => {
    const exists = result.RoomExists ?? result.RoomExist
    if (exists === false) return { kind: 'absent' as const }
    const users = Count.safeParse(result.TotalUser)
    const invisibleUsers = Count.safeParse(result.TotalInvisibleUser)
    if (exists === true && users.success && invisibleUsers.success)
      return { kind: 'present' as const, users: users.data, invisibleUsers: invisibleUsers.data }
    context.addIssue({ code: 'custom', message: 'no RoomExists, or counts missing or malformed' })
    return z.NEVER
  })

const Metadata = z.object({
  RequestId: z.string().optional().catch(undefined),
  Error: z.object({ Code: z.string().catch('') }).nullish(),
})

const Body = z.object({ ResponseMetadata: Metadata, Result: z.unknown().optional() })

/** The vendor's error codes by reason, in the order in which they are tried. */
const codes: readonly (readonly [FailureReason, RegExp])[] = [
  ['throttled', /FlowLimitExceeded|RequestLimitExceeded|Throttl/],
  [
    'auth',
    /^(AccessDenied|LackPolicy|LackProjectPolicy|InvalidAccessKey|InvalidClientTokenId|SignatureDoesNotMatch|InvalidSecretToken|InvalidAuthorization|InvalidCredential|MissingAuthenticationToken|MissingSignature|MissingRequestInfo)$/,
  ],
  ['clock', /^InvalidTimestamp$/],
  ['room_config', /^(AccessDenied\.|InvalidParameter|MissingParameter)/],
  ['service_config', /^(ServiceNotFound|InvalidActionOrVersion|MethodNotAllowed)$/],
  [
    'server',
    /^(InternalError|InternalService|ServiceUnavailable)|^(FailToConnect|UndefinedError)$/,
  ],
]

function reasonOfStatus(status: number): FailureReason | undefined {
  if (status === 429) return 'throttled'
  if (status === 401) return 'auth'
  if (status >= 500) return 'server'
  if (status >= 300 && status < 400) return 'bad_response'
  return undefined
}

/** What came back for one request, whole. */
export interface RawAnswer {
  readonly status: number
  readonly body: string
  /** The `Retry-After` header, where there is one. */
  readonly retryAfter?: string | undefined
  /** When it came, Unix milliseconds. */
  readonly receivedAtMs: number
}

/** A reading and the `RequestId` by which the vendor's support finds the request. */
export interface ParsedAnswer {
  readonly reading: Reading
  readonly requestId?: string
}

/** The longest wait that a `Retry-After` header can ask of us, in milliseconds. */
const longestRetryAfterMs = 60_000

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  const seconds = Number(header)
  const waitMs = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1000
  return waitMs >= 0 ? Math.min(waitMs, longestRetryAfterMs) : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Turns an answer of `GetRoomOnlineUsers` into a reading. It is a success only when the status is
 * 200, no error stands in it and `Result` has the documented shape; a failure is classified by the
 * vendor's error code first and by the status second. User ids and the vendor's free text, which
 * could repeat what was sent, are left behind here.
 */
export function parseAnswer({ status, body, retryAfter, receivedAtMs }: RawAnswer): ParsedAnswer {
  const parsed = Body.safeParse(parseJson(body))
  const metadata = parsed.success ? parsed.data.ResponseMetadata : undefined
  const requestId = metadata?.RequestId?.slice(0, 128)
  const wait = retryAfterMs(retryAfter, receivedAtMs)
  const failed = (reason: FailureReason, what: string): ParsedAnswer => {
    const detail = `${what} (HTTP ${String(status)})`
    const failure: Failure = { reason, detail, ...(wait !== undefined && { retryAfterMs: wait }) }
    return { reading: { kind: 'failed', failure }, ...(requestId !== undefined && { requestId }) }
  }

  if (metadata?.Error) {
    const code = metadata.Error.Code.slice(0, 100)
    const known = codes.find(([, pattern]) => pattern.test(code))
    return failed(known?.[0] ?? reasonOfStatus(status) ?? 'unknown', code || 'error without a code')
  }
  const byStatus = reasonOfStatus(status)
  if (byStatus !== undefined) return failed(byStatus, 'answer without an error code')
  if (!parsed.success) return failed('bad_response', 'answer is not the JSON of the API')
  const result = Result.safeParse(parsed.data.Result)
  if (status !== 200) return failed('unknown', 'unexpected status')
  if (!result.success) return failed('bad_response', 'Result has not the documented shape')
  return { reading: result.data, ...(requestId !== undefined && { requestId }) }
}
