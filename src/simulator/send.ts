import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery } from './faults.ts'

/** An answer, ready to be sent. */
export interface Outgoing {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly delivery: Delivery
}

/** Sends an answer in the way that its delivery says; `signal` ends one that takes its time. */
export async function send(
  response: ServerResponse,
  { status, headers, text, delivery }: Outgoing,
  signal: AbortSignal,
): Promise<void> {
  const body = Buffer.from(text)
  const whole = { ...headers, 'Content-Length': String(body.length) }
  switch (delivery) {
    case 'whole':
      response.writeHead(status, whole).end(body)
      return
    case 'chunked':
      response.writeHead(status, headers).write(body)
      response.end()
      return
    case 'drip':
      response.writeHead(status, whole)
      await drip(response, body, signal)
      return
    case 'silent':
      return
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'closed':
      response.socket?.destroy()
      return
    case 'half_then_silent':
      await sendHalf(response.writeHead(status, whole), body)
      return
    case 'half_then_reset':
      await sendHalf(response.writeHead(status, whole), body)
      response.socket?.resetAndDestroy()
      return
    case 'half_then_closed':
      await sendHalf(response.writeHead(status, whole), body)
      response.socket?.destroy()
      return
    case 'not_http':
      response.socket?.end('220 ready\r\n')
      return
    default:
      delivery satisfies never
  }
}

async function sendHalf(response: ServerResponse, body: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
      resolve()
    })
  })
}

async function drip(response: ServerResponse, body: Buffer, signal: AbortSignal): Promise<void> {
  for (const byte of body) {
    if (response.destroyed || signal.aborted) return
    response.write(Buffer.of(byte))
    await sleep(1000, undefined, { signal }).catch(() => undefined)
  }
  response.end()
}
