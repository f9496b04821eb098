import type { IncomingMessage, RequestOptions } from 'node:http'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createMetricsHandler } from '../../src/exposition/handler.ts'
import type { RoomSource } from '../../src/exposition/families.ts'
import { createScrape } from '../../src/exposition/scrape.ts'

/** A server with nothing but `/metrics`, on a free port of the loopback. */
export async function serveMetrics(
  rooms: RoomSource,
  {
    ownMetrics = () => Promise.resolve(''),
    ...limits
  }: {
    ownMetrics?: (names?: ReadonlySet<string>) => Promise<string>
    maxInFlight?: number
    deadlineMs?: number
  } = {},
) {
  const released: number[] = []
  const scrape = createScrape({ rooms, ownMetrics })
  const handler = createMetricsHandler({
    scrape: {
      async render(wanted) {
        const body = await scrape.render(wanted)
        return {
          ...body,
          release() {
            released.push(body.length)
            body.release()
          },
        }
      },
    },
    ...limits,
  })
  const server = createServer((incoming, response) => void handler(incoming, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    port,
    /** Lengths of the bodies given back so far. */
    released,
    /** Sends a request and resolves with the answer's head; the body is still to be read. */
    open: (path = '/metrics', options: RequestOptions = {}): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        request({ port, host: '127.0.0.1', path, agent: false, ...options }, resolve)
          .on('error', reject)
          .end()
      }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** See {@link serveMetrics}. */
export type MetricsServer = Awaited<ReturnType<typeof serveMetrics>>

/** Fetches `/metrics`: the bytes of the body as they came. */
export async function fetchBytes(server: MetricsServer, encoding = 'identity', path?: string) {
  return buffer(await server.open(path, { headers: { 'accept-encoding': encoding } }))
}
