import type { ServerResponse } from 'node:http'
import { createPauses } from './pauses.ts'
import type { Body } from './scrape.ts'

/** Bytes handed to a connection before waiting until it has taken them. */
const batchBytes = 1 << 20

/**
 * Sends a body (`HEAD`: the headers only) no faster than the client reads it, and releases it: when
 * all is handed to the system, when the client is gone, or after `deadlineMs`, at which the
 * connection is cut. Never rejects on account of the client.
 */
export async function sendBody(
  response: ServerResponse,
  body: Body,
  { deadlineMs }: { readonly deadlineMs: number },
): Promise<void> {
  const deadline = setTimeout(() => response.destroy(), deadlineMs)
  try {
    response.setHeader('Content-Length', body.length)
    if (response.req.method !== 'HEAD') await writeParts(response, body.parts)
    if (response.destroyed) return
    const finished = untilEvent(response, 'finish')
    response.end()
    await finished
  } finally {
    clearTimeout(deadline)
    body.release()
  }
}

async function writeParts(response: ServerResponse, parts: readonly Buffer[]) {
  let unsent = 0
  const pauses = createPauses()
  response.cork()
  for (const part of parts) {
    if (response.destroyed) return
    response.write(part)
    unsent += part.length
    if (unsent < batchBytes) continue
    unsent = 0
    response.uncork()
    if (response.writableNeedDrain) await untilEvent(response, 'drain')
    // A client that reads fast makes no write wait.
    if (pauses.isDue()) await pauses.take()
    response.cork()
  }
  response.uncork()
}

/** Resolves at the event, or when the connection is closed. */
function untilEvent(response: ServerResponse, event: 'drain' | 'finish'): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off(event, done)
      response.off('close', done)
      resolve()
    }
    response.on(event, done)
    response.on('close', done)
  })
}
