import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import type { Clock } from '../room.ts'
import type { Settings } from './api.ts'
import type { Arrivals } from './arrivals.ts'
import { faultNames, faultOf, isFaultName } from './faults.ts'
import type { Injections } from './injections.ts'
import type { SimulatedRooms } from './rooms.ts'

/** What can be looked at and changed. */
export interface ControlParts {
  readonly rooms: SimulatedRooms
  readonly injections: Injections
  readonly arrivals: Arrivals
  readonly settings: () => Settings
  readonly change: (settings: Partial<Settings>) => void
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
}

const Count = z.int().nonnegative().max(1_000_000)
const Milliseconds = z.number().nonnegative().max(600_000)

const SettingsChange = z.strictObject({
  qps: z.int().positive().exactOptional(),
  otherRequestsPerSecond: Count.exactOptional(),
  latencyMs: z.tuple([Milliseconds, Milliseconds]).exactOptional(),
  clockOffsetMs: z.number().exactOptional(),
})

const RoomChange = z.strictObject({
  appId: z.string().min(1),
  roomId: z.string().min(1).exactOptional(),
  /** null: back to the script. */
  state: z
    .strictObject({
      exists: z.boolean().default(true),
      users: Count.default(0),
      invisibleUsers: Count.default(0),
    })
    .refine((state) => state.invisibleUsers <= state.users, 'more invisible users than users')
    .nullable(),
})

const NewInjection = z.strictObject({
  fault: z.string().refine(isFaultName, 'no such fault, see GET /simulator/faults'),
  accessKeyId: z.string().exactOptional(),
  appId: z.string().exactOptional(),
  roomId: z.string().exactOptional(),
  times: z.int().positive().exactOptional(),
  probability: z.number().gt(0).max(1).exactOptional(),
})

const ArrivalQuery = z.strictObject({
  accessKeyId: z.string().exactOptional(),
  afterMs: z.coerce.number().exactOptional(),
})
const InjectionQuery = z.strictObject({ id: z.coerce.number().exactOptional() })

/** One control: what it is given, unchecked, and what it answers with. */
type Control = (body: unknown, query: unknown) => unknown

function controls(
  parts: ControlParts,
): Readonly<Record<string, Readonly<Record<string, Control>>>> {
  const { rooms, injections, arrivals, settings, change, clock } = parts
  const roomList = () => rooms.list(clock.now())
  return {
    '/simulator/settings': {
      GET: settings,
      PATCH(body) {
        change(SettingsChange.parse(body))
        return settings()
      },
    },
    '/simulator/rooms': {
      GET: roomList,
      PUT(body) {
        const { state, ...choice } = RoomChange.parse(body)
        rooms.hold(choice, state ?? undefined)
        return roomList().filter(
          ({ appId, roomId }) => appId === choice.appId && roomId === (choice.roomId ?? roomId),
        )
      },
    },
    '/simulator/faults': {
      GET: () => faultNames.map((fault) => ({ fault, reason: faultOf(fault).reason })),
    },
    '/simulator/injections': {
      GET: () => injections.list(),
      POST: (body) => ({ id: injections.add(NewInjection.parse(body)) }),
      DELETE(_, query) {
        injections.clear(InjectionQuery.parse(query).id)
        return injections.list()
      },
    },
    '/simulator/arrivals': {
      GET: (_, query) => ({
        nowMs: clock.monotonic(),
        arrivals: arrivals.list(ArrivalQuery.parse(query)),
      }),
      DELETE() {
        arrivals.clear()
        return arrivals.summary()
      },
    },
    '/simulator/summary': { GET: (_, query) => arrivals.summary(ArrivalQuery.parse(query)) },
  }
}

/** Answers `/simulator/…`: unsigned, JSON in and out, never counted as an arrival. */
export function createControl(parts: ControlParts) {
  const paths = controls(parts)
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://simulator')
    const methods = paths[pathname]
    const control = methods?.[request.method ?? '']
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'Content-Type': 'application/json' })
      response.end(`${JSON.stringify(body)}\n`)
    }
    if (methods === undefined) {
      answer(404, { error: 'no such path', paths: Object.keys(paths) })
    } else if (control === undefined) {
      response.setHeader('Allow', Object.keys(methods).join(', '))
      answer(405, { error: 'method not allowed' })
    } else {
      try {
        answer(200, control(await readJson(request), Object.fromEntries(searchParams)))
      } catch (error) {
        answer(400, { error: error instanceof z.ZodError ? z.prettifyError(error) : 'not JSON' })
      }
    }
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}
