import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../room.ts'
import { timestamp } from '../volc/signature.ts'
import { bodyOf } from './answer.ts'
import type { Moment, Settings } from './api.ts'
import type { Reply } from './faults.ts'
import { between } from './random.ts'
import { send } from './send.ts'
import type { ApiRequest } from './verify.ts'

/** What stands between the sockets and the API. */
export interface HandlerParts {
  readonly api: (request: ApiRequest, at: Moment) => Reply
  readonly control: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  readonly settings: () => Settings
  readonly region: string
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly random: () => number
  /** Aborts when the simulator closes. */
  readonly signal: AbortSignal
}

/** Answers a request of `node:http`: it arrives now, and is answered after the latency. */
export function createHandler(parts: HandlerParts) {
  const { api, control, settings, clock, random, signal } = parts
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = { monotonicMs: clock.monotonic(), unixMs: clock.now() }
    const { method = '', headers, url = '' } = request
    if (url.startsWith('/simulator/')) {
      await control(request, response)
      return
    }
    const [, path = '', query = ''] = /^([^?]*)\??(.*)$/.exec(url) ?? []
    const reply = api({ method, path, query, headers }, at)
    const waitMs = between(settings().latencyMs, random())
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return

    const now = new Date(clock.now() + settings().clockOffsetMs)
    const { text, type } = bodyOf(reply.content, requestId(now, random()), parts.region)
    const sent = { Date: now.toUTCString(), 'Content-Type': type, ...reply.headers }
    await send(response, { ...reply, headers: sent, text }, signal)
  }
}

/** The time and twelve more digits, as the vendor's look. */
function requestId(now: Date, chosen: number): string {
  const serial = Math.floor(chosen * 2 ** 48).toString(16)
  return `${timestamp(now).replace(/\D/g, '')}${serial.toUpperCase().padStart(12, '0')}`
}
