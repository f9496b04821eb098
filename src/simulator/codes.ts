import type { FailureReason } from '../room.ts'

/** An error of the API as its documentation describes it. */
interface ErrorCode {
  /** What a client has to make of it. */
  readonly reason: FailureReason
  readonly status: number
  /** Only errors of the gateway have a number. */
  readonly codeN?: number
}

/**
 * The error codes of the API. Statuses and numbers follow the vendor's tables of common error codes
 * (the documentation disagrees with itself on some statuses; a client must not rest on them).
 */
export const errorCodes = {
  FlowLimitExceeded: { reason: 'throttled', status: 429 },
  AccountFlowLimitExceeded: { reason: 'throttled', status: 429 },
  RequestLimitExceeded: { reason: 'throttled', status: 429 },
  'Throttling.User': { reason: 'throttled', status: 400 },
  AccessDenied: { reason: 'auth', status: 403, codeN: 100013 },
  LackPolicy: { reason: 'auth', status: 403, codeN: 100012 },
  LackProjectPolicy: { reason: 'auth', status: 403 },
  InvalidAccessKey: { reason: 'auth', status: 401, codeN: 100009 },
  InvalidClientTokenId: { reason: 'auth', status: 401 },
  SignatureDoesNotMatch: { reason: 'auth', status: 401, codeN: 100010 },
  InvalidSecretToken: { reason: 'auth', status: 401 },
  InvalidAuthorization: { reason: 'auth', status: 400 },
  InvalidCredential: { reason: 'auth', status: 400 },
  MissingAuthenticationToken: { reason: 'auth', status: 401, codeN: 100003 },
  MissingSignature: { reason: 'auth', status: 401, codeN: 100005 },
  MissingRequestInfo: { reason: 'auth', status: 400, codeN: 100004 },
  InvalidTimestamp: { reason: 'clock', status: 403, codeN: 100006 },
  'AccessDenied.NoPermissionForApp': { reason: 'room_config', status: 403 },
  InvalidParameter: { reason: 'room_config', status: 400 },
  'InvalidParameter.NotExistAppId': { reason: 'room_config', status: 400 },
  'InvalidParameter.IllegalAppId': { reason: 'room_config', status: 400 },
  'InvalidParameter.IllegalRoomID': { reason: 'room_config', status: 400 },
  'InvalidParameter.AccountIdMismatch': { reason: 'room_config', status: 400 },
  MissingParameter: { reason: 'room_config', status: 400, codeN: 100002 },
  ServiceNotFound: { reason: 'service_config', status: 404, codeN: 100007 },
  InvalidActionOrVersion: { reason: 'service_config', status: 404, codeN: 100008 },
  MethodNotAllowed: { reason: 'service_config', status: 405 },
  InternalError: { reason: 'server', status: 500 },
  'InternalError.Database': { reason: 'server', status: 500 },
  InternalServiceError: { reason: 'server', status: 502 },
  InternalServiceTimeout: { reason: 'server', status: 504 },
  FailToConnect: { reason: 'server', status: 502 },
  ServiceUnavailable: { reason: 'server', status: 503 },
  ServiceUnavailableTemporarily: { reason: 'server', status: 503 },
  UndefinedError: { reason: 'server', status: 500 },
  'OperationDenied.NotDocumented': { reason: 'unknown', status: 400 },
} as const satisfies Record<string, ErrorCode>

/** One of {@link errorCodes}. */
export type ErrorCodeName = keyof typeof errorCodes

/** Whether a text is one of {@link errorCodes}. */
export function isErrorCode(text: string): text is ErrorCodeName {
  return Object.hasOwn(errorCodes, text)
}

/** The `Error` member of an answer's `ResponseMetadata`. */
export function errorMember(code: ErrorCodeName): Record<string, unknown> {
  const { codeN }: ErrorCode = errorCodes[code]
  return {
    ...(codeN !== undefined && { CodeN: codeN }),
    Code: code,
    Message: `${code}: simulated, see the vendor's list of error codes.`,
  }
}
