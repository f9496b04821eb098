import type { FailureReason } from '../room.ts'
import { errorCodes, isErrorCode } from './codes.ts'
import type { ErrorCodeName } from './codes.ts'

/** What an answer's body holds. */
export type Content =
  | { readonly error: ErrorCodeName }
  /** Any `Result`, in the API's envelope. */
  | { readonly result: unknown }
  /** A `Result` that is right in every way, with user ids of this many bytes. */
  | { readonly userIdBytes: number }
  /** Anything that is not the API's envelope. */
  | { readonly text: string; readonly type: string }

/** How the bytes leave, from the whole answer at once to nothing at all. */
export type Delivery =
  | 'whole'
  /** Without a `Content-Length`. */
  | 'chunked'
  /** A byte every second. */
  | 'drip'
  | 'silent'
  | 'reset'
  | 'closed'
  | 'half_then_silent'
  | 'half_then_reset'
  | 'half_then_closed'
  /** Bytes that are not HTTP, then the end. */
  | 'not_http'

/** One answer, as the server sends it. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly content: Content
  readonly delivery: Delivery
}

/** Something that goes wrong, and what a client has to make of it. */
export interface Fault extends Partial<Reply> {
  readonly reason: FailureReason
}

const page = (title: string): Content => ({
  type: 'text/html',
  text: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
})
const json = (text: string): Content => ({ type: 'application/json; charset=utf-8', text })
const nothing: Content = { type: 'text/plain', text: '' }
const result = (given: object): Content => ({
  result: { RoomExists: true, TotalUser: 2, TotalInvisibleUser: 1, ...given },
})
/** Over the ceiling that a client has to have. */
const oversized: Content = { userIdBytes: 9 * 1024 * 1024 }

/** Faults with a shape of their own; where a part is left out it is that of the true answer. */
const shapes = {
  timeout: { reason: 'timeout', delivery: 'silent' },
  timeout_halfway: { reason: 'timeout', delivery: 'half_then_silent' },
  timeout_slow: { reason: 'timeout', delivery: 'drip' },
  reset: { reason: 'network', delivery: 'reset' },
  reset_halfway: { reason: 'network', delivery: 'half_then_reset' },
  closed: { reason: 'network', delivery: 'closed' },
  closed_halfway: { reason: 'network', delivery: 'half_then_closed' },
  not_http: { reason: 'bad_response', delivery: 'not_http' },
  throttled_429: { reason: 'throttled', status: 429, content: nothing },
  throttled_in_200: {
    reason: 'throttled',
    status: 200,
    content: { error: 'RequestLimitExceeded' },
  },
  throttled_retry_after: {
    reason: 'throttled',
    status: 429,
    headers: { 'Retry-After': '2' },
    content: { error: 'FlowLimitExceeded' },
  },
  throttled_in_500: { reason: 'throttled', status: 500, content: { error: 'FlowLimitExceeded' } },
  auth_401: { reason: 'auth', status: 401, content: nothing },
  auth_in_200: { reason: 'auth', status: 200, content: { error: 'SignatureDoesNotMatch' } },
  room_no_permission_in_500: {
    reason: 'room_config',
    status: 500,
    content: { error: 'AccessDenied.NoPermissionForApp' },
  },
  server_500: { reason: 'server', status: 500, content: nothing },
  server_in_200: { reason: 'server', status: 200, content: { error: 'InternalError' } },
  html_502: { reason: 'server', status: 502, content: page('502 Bad Gateway') },
  unavailable_503: {
    reason: 'server',
    status: 503,
    headers: { 'Retry-After': '2' },
    content: page('503 Service Unavailable'),
  },
  html_200: { reason: 'bad_response', status: 200, content: page('Welcome') },
  empty_200: { reason: 'bad_response', status: 200, content: nothing },
  not_json: { reason: 'bad_response', status: 200, content: json('{"ResponseMetadata":{') },
  json_null: { reason: 'bad_response', status: 200, content: json('null') },
  json_array: { reason: 'bad_response', status: 200, content: json('[]') },
  no_result: { reason: 'bad_response', status: 200, content: { result: undefined } },
  result_null: { reason: 'bad_response', status: 200, content: { result: null } },
  exists_missing: { reason: 'bad_response', content: result({ RoomExists: undefined }) },
  exists_text: { reason: 'bad_response', content: result({ RoomExists: 'true' }) },
  users_missing: { reason: 'bad_response', content: result({ TotalUser: undefined }) },
  users_null: { reason: 'bad_response', content: result({ TotalUser: null }) },
  users_negative: { reason: 'bad_response', content: result({ TotalUser: -1 }) },
  users_fraction: { reason: 'bad_response', content: result({ TotalUser: 1.5 }) },
  users_text: { reason: 'bad_response', content: result({ TotalUser: '2' }) },
  invisible_missing: { reason: 'bad_response', content: result({ TotalInvisibleUser: undefined }) },
  invisible_negative: { reason: 'bad_response', content: result({ TotalInvisibleUser: -1 }) },
  oversized: { reason: 'bad_response', content: oversized },
  oversized_chunked: { reason: 'bad_response', content: oversized, delivery: 'chunked' },
  redirect_302: {
    reason: 'bad_response',
    status: 302,
    headers: { Location: '/elsewhere' },
    content: nothing,
  },
} as const satisfies Record<string, Fault>

/** A fault's name: one of the API's error codes, or one of the shapes above. */
export type FaultName = ErrorCodeName | keyof typeof shapes

/** Whether a text names a fault. */
export function isFaultName(text: string): text is FaultName {
  return isErrorCode(text) || Object.hasOwn(shapes, text)
}

/** Every fault by name. */
export const faultNames: readonly FaultName[] = [
  ...Object.keys(shapes),
  ...Object.keys(errorCodes),
].filter(isFaultName)

/** What a fault does, and the reason that a client has to give for it. */
export function faultOf(name: FaultName): Fault {
  if (!isErrorCode(name)) return shapes[name]
  const { reason, status } = errorCodes[name]
  return { reason, status, content: { error: name } }
}
