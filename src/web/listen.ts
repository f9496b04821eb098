import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TlsServer, TlsSettings } from './tls.ts'
import { createTlsServer } from './tls.ts'

/** Where to listen; port 0 takes a free one. */
export interface Address {
  /** Left out: every address of the machine. */
  readonly host?: string | undefined
  readonly port: number
}

/** Servers that listen, and how to stop them. */
export interface Listening {
  /** `http://host:port` or `https://host:port` for each address, with the port that was bound. */
  readonly urls: readonly string[]
  /** Speaks TLS by other settings from the next handshake on. Without TLS from the start, nothing. */
  setTls(settings: TlsSettings): void
  /** Takes no new connections, lets running answers finish until `deadlineMs`, then cuts them. */
  close(deadlineMs: number): Promise<void>
}

/** How to listen, where it is not as usual. */
export interface ListenOptions {
  /** Absent: plain HTTP. */
  readonly tls?: TlsSettings | undefined
  /** Told the remote address of each handshake that failed. */
  readonly refusedTls?: (remote: string | undefined) => void
}

/** One connection that sends nothing whole for so long is closed, in milliseconds. */
const requestDeadlineMs = 10_000

/** Longer than the scrape interval of most, so that a scraper keeps its connection. */
const keepAliveMs = 75_000

/** For each address. An idle connection takes 12 KiB, one with TLS 50 KiB. */
const maxConnections = 2000

type AnyServer = Server | HttpsServer

function bind(server: AnyServer, { host, port }: Address, scheme: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(host !== undefined && { host }) }, () => {
      server.off('error', reject)
      const bound = server.address() as AddressInfo
      const name = host ?? 'localhost'
      resolve(`${scheme}://${name.includes(':') ? `[${name}]` : name}:${String(bound.port)}`)
    })
  })
}

/** How to close a server; to be asked for before it listens. */
function closerOf(server: AnyServer) {
  // Node's `closeAllConnections` leaves out those in the middle of a TLS handshake.
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return (deadlineMs: number) =>
    new Promise<void>((resolve) => {
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, deadlineMs)
      server.close(() => {
        clearTimeout(cut)
        resolve()
      })
      server.closeIdleConnections()
    })
}

/**
 * Listens on every address.
 * @throws the error of `listen`, such as `EADDRINUSE`, when one of them cannot be bound
 */
export async function listen(
  listener: RequestListener,
  addresses: readonly Address[],
  { tls, refusedTls = () => undefined }: ListenOptions = {},
): Promise<Listening> {
  const closers: ((deadlineMs: number) => Promise<void>)[] = []
  const tlsServers: TlsServer[] = []
  const urls: string[] = []
  const limits = {
    headersTimeout: requestDeadlineMs,
    requestTimeout: requestDeadlineMs,
    // Node looks every 30 s for connections that are over their time.
    connectionsCheckingInterval: requestDeadlineMs / 5,
    keepAliveTimeout: keepAliveMs,
  }
  const create = (): AnyServer => {
    if (tls === undefined) return createServer(limits, listener)
    const created = createTlsServer(listener, limits, tls, refusedTls)
    tlsServers.push(created)
    return created.server
  }
  const closeAll = async (deadlineMs: number) => {
    await Promise.all(closers.map((close) => close(deadlineMs)))
  }
  try {
    for (const address of addresses) {
      const server = create()
      server.maxConnections = maxConnections
      const close = closerOf(server)
      urls.push(await bind(server, address, tls === undefined ? 'http' : 'https'))
      closers.push(close)
    }
  } catch (error) {
    await closeAll(0)
    throw error
  }
  const setTls = (settings: TlsSettings) => {
    for (const server of tlsServers) server.set(settings)
  }
  return { urls, setTls, close: closeAll }
}
