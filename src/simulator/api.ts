import type { Credentials } from '../volc/signature.ts'
import { roomContent } from './answer.ts'
import type { Arrivals } from './arrivals.ts'
import { errorCodes } from './codes.ts'
import type { ErrorCodeName } from './codes.ts'
import { faultOf } from './faults.ts'
import type { Reply } from './faults.ts'
import type { Injections } from './injections.ts'
import type { SimulatedRooms } from './rooms.ts'
import { createLimit } from './second.ts'
import { accessKeyIdOf, createVerifier, parseQuery } from './verify.ts'
import type { ApiRequest } from './verify.ts'

/** What may be changed while it runs. */
export interface Settings {
  /** Arrivals that each account may have in any sliding second; a whole number. */
  readonly qps: number
  /** How many of them other programs of every account use up, each second. */
  readonly otherRequestsPerSecond: number
  /** Least and most time before an answer, in milliseconds. */
  readonly latencyMs: readonly [number, number]
  /** How far the API's clock is ahead of ours, in milliseconds. */
  readonly clockOffsetMs: number
}

/** The parts of the API. */
export interface ApiParts {
  readonly accounts: readonly Credentials[]
  readonly region: string
  readonly rooms: SimulatedRooms
  readonly injections: Injections
  readonly arrivals: Arrivals
  readonly settings: () => Settings
}

/** When a request arrived, by both clocks, in milliseconds. */
export interface Moment {
  readonly monotonicMs: number
  readonly unixMs: number
}

/**
 * The API without its sockets: from a request to the reply. An injected fault goes before all, then
 * the signature, the limit, and the parameters. Every request of a known account counts against the
 * limit, whatever becomes of it.
 */
export function createApi(parts: ApiParts): (request: ApiRequest, at: Moment) => Reply {
  const { rooms, injections, arrivals, settings } = parts
  const verify = createVerifier(parts.accounts, parts.region)
  const limits = new Map(parts.accounts.map((account) => [account.accessKeyId, createLimit()]))

  return (request, { monotonicMs, unixMs }) => {
    const accessKeyId = accessKeyIdOf(request)
    const parameters = parseQuery(request.query) ?? {}
    const { AppId: appId = '', RoomId: roomId = '' } = parameters
    const { qps, otherRequestsPerSecond, clockOffsetMs } = settings()
    const isAdmitted = limits.get(accessKeyId)?.(monotonicMs, qps - otherRequestsPerSecond) ?? true

    const fault = injections.pick({ accessKeyId, appId, roomId })
    const error =
      refusalOfTarget(request) ??
      verify(request, unixMs + clockOffsetMs) ??
      (isAdmitted ? undefined : 'RequestLimitExceeded') ??
      refusalOfParameters(parameters, rooms)
    const verdict = fault === undefined ? (error ?? 'ok') : `fault:${fault}`
    arrivals.add({ atMs: monotonicMs, accessKeyId, appId, roomId, verdict })

    const truth: Reply = {
      status: 200,
      content: roomContent(roomId, rooms.stateOf(appId, roomId, unixMs)),
      delivery: 'whole',
    }
    if (fault !== undefined) return { ...truth, ...faultOf(fault) }
    if (error === undefined) return truth
    return { ...truth, status: errorCodes[error].status, content: { error } }
  }
}

function refusalOfTarget({ method, path }: ApiRequest): ErrorCodeName | undefined {
  if (path !== '/') return 'ServiceNotFound'
  return method === 'GET' ? undefined : 'MethodNotAllowed'
}

const known = new Set(['Action', 'Version', 'AppId', 'RoomId'])

function refusalOfParameters(
  parameters: Readonly<Record<string, string>>,
  rooms: SimulatedRooms,
): ErrorCodeName | undefined {
  const { Action, Version, AppId, RoomId } = parameters
  if (Action === undefined || Version === undefined) return 'MissingParameter'
  if (Action !== 'GetRoomOnlineUsers' || Version !== '2023-11-01') return 'InvalidActionOrVersion'
  if (AppId === undefined || RoomId === undefined) return 'MissingParameter'
  if (Object.keys(parameters).some((name) => !known.has(name))) return 'InvalidParameter'
  if (!rooms.hasApp(AppId))
    return AppId.length === 24 ? 'InvalidParameter.NotExistAppId' : 'InvalidParameter.IllegalAppId'
  if (RoomId === '' || RoomId.length > 128) return 'InvalidParameter.IllegalRoomID'
  return undefined
}
