import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { FailureReason } from '../../src/room.ts'
import { parseAnswer } from '../../src/volc/answer.ts'

const now = Date.UTC(2026, 10, 22, 8)
const parse = (body: unknown, status = 200, retryAfter?: string) =>
  parseAnswer({
    status,
    retryAfter,
    receivedAtMs: now,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const metadata = { RequestId: 'r1', Action: 'GetRoomOnlineUsers' }
const withResult = (result: unknown) => ({ ResponseMetadata: metadata, Result: result })
const withCode = (code: string) => ({ ResponseMetadata: { ...metadata, Error: { Code: code } } })
const reasonOf = (body: unknown, status = 200) => {
  const { reading } = parse(body, status)
  return reading.kind === 'failed' ? reading.failure.reason : reading.kind
}

test('a room with users is present, with the counts as answered', () => {
  const result = { RoomExists: true, TotalUser: 6, TotalInvisibleUser: 3, VisibleUserList: ['u'] }
  expect(parse(withResult(result))).toEqual({
    reading: { kind: 'present', users: 6, invisibleUsers: 3 },
    requestId: 'r1',
  })
})

test('lists may be missing or null', () => {
  const counts = { RoomExists: true, TotalUser: 0, TotalInvisibleUser: 0 }
  expect(reasonOf(withResult(counts))).toBe('present')
  expect(reasonOf(withResult({ ...counts, VisibleUserList: null }))).toBe('present')
})

test.each([{ RoomExists: false }, { RoomExist: false }])('%j is an absent room', (result) => {
  expect(parse(withResult(result)).reading).toEqual({ kind: 'absent' })
})

test("the overseas twin's spelling is understood", () => {
  const result = { RoomExist: true, TotalUser: 1, TotalInvisibleUser: 0 }
  expect(reasonOf(withResult(result))).toBe('present')
})

test.each([
  {},
  { TotalUser: 1, TotalInvisibleUser: 0 },
  { RoomExists: true },
  { RoomExists: true, TotalUser: 1 },
  { RoomExists: true, TotalUser: -1, TotalInvisibleUser: 0 },
  { RoomExists: true, TotalUser: 1.5, TotalInvisibleUser: 0 },
  { RoomExists: true, TotalUser: '1', TotalInvisibleUser: 0 },
  { RoomExists: true, TotalUser: null, TotalInvisibleUser: 0 },
  { RoomExists: 'true', TotalUser: 1, TotalInvisibleUser: 0 },
  null,
  [],
  'Room',
])('a Result of %j is malformed, never an empty room', (result) => {
  expect(reasonOf(withResult(result))).toBe('bad_response')
})

const byCode: Record<string, FailureReason> = {
  AccountFlowLimitExceeded: 'throttled',
  FlowLimitExceeded: 'throttled',
  RequestLimitExceeded: 'throttled',
  Throttling: 'throttled',
  AccessDenied: 'auth',
  LackPolicy: 'auth',
  LackProjectPolicy: 'auth',
  InvalidAccessKey: 'auth',
  InvalidClientTokenId: 'auth',
  SignatureDoesNotMatch: 'auth',
  InvalidSecretToken: 'auth',
  InvalidAuthorization: 'auth',
  InvalidCredential: 'auth',
  MissingAuthenticationToken: 'auth',
  MissingSignature: 'auth',
  MissingRequestInfo: 'auth',
  InvalidTimestamp: 'clock',
  'AccessDenied.NoPermissionForApp': 'room_config',
  InvalidParameter: 'room_config',
  'InvalidParameter.NotExistAppId': 'room_config',
  'InvalidParameter.IllegalRoomID': 'room_config',
  MissingParameter: 'room_config',
  ServiceNotFound: 'service_config',
  InvalidActionOrVersion: 'service_config',
  MethodNotAllowed: 'service_config',
  InternalError: 'server',
  'InternalError.Backend': 'server',
  InternalServiceError: 'server',
  InternalServiceTimeout: 'server',
  FailToConnect: 'server',
  ServiceUnavailable: 'server',
  ServiceUnavailableTemporarily: 'server',
  UndefinedError: 'server',
  SomethingNew: 'unknown',
  '': 'unknown',
}

test.each(Object.entries(byCode))('error code %j is %s, whatever the status', (code, reason) => {
  expect(reasonOf(withCode(code), 400)).toBe(reason)
  expect(reasonOf(withCode(code), 200)).toBe(reason)
})

test.each<[number, unknown, FailureReason]>([
  [429, '', 'throttled'],
  [401, '<html>', 'auth'],
  [500, '', 'server'],
  [502, '<html>Bad Gateway</html>', 'server'],
  [503, withResult({ RoomExists: false }), 'server'],
  [302, '', 'bad_response'],
  [200, '<html>proxy</html>', 'bad_response'],
  [200, '', 'bad_response'],
  [200, '[]', 'bad_response'],
  [403, '<html>', 'bad_response'],
  [404, withResult({ RoomExists: false }), 'unknown'],
  [429, withCode('SomethingNew'), 'throttled'],
  [500, withCode('SomethingNew'), 'server'],
])('status %i with %j is %s', (status, body, reason) => {
  expect(reasonOf(body, status)).toBe(reason)
})

test.each([
  ['2', 2000],
  ['0', 0],
  ['3600', 60_000],
  [new Date(now + 5000).toUTCString(), 5000],
  ['soon', undefined],
  ['-1', undefined],
])('Retry-After: %s asks for %s ms', (header, retryAfterMs) => {
  const { reading } = parse('', 429, header)
  expect(reading.kind === 'failed' && reading.failure.retryAfterMs).toBe(retryAfterMs)
})

test("the vendor's free text, which may repeat what was sent, stays behind", () => {
  const error = { Code: 'SignatureDoesNotMatch', Message: 'secret-in-message' }
  const parsed = parse({ ResponseMetadata: { ...metadata, Error: error } }, 401)
  expect(JSON.stringify(parsed)).not.toContain('secret-in-message')
})

test('whatever comes back is a reading, and counts only ever from counts', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), fc.string()),
      fc.integer({ min: 100, max: 599 }),
      (body, status) => {
        const { reading } = parseAnswer({ status, body, receivedAtMs: now })
        if (status !== 200) expect(reading.kind).toBe('failed')
      },
    ),
  )
})
