import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Clock } from '../room.ts'
import type { Credentials } from '../volc/signature.ts'
import { createApi } from './api.ts'
import type { Settings } from './api.ts'
import { createArrivals } from './arrivals.ts'
import type { Arrivals } from './arrivals.ts'
import { createControl } from './control.ts'
import { demoRooms, simulatorAccount } from './demo.ts'
import { createHandler } from './handler.ts'
import { createInjections } from './injections.ts'
import type { Injections } from './injections.ts'
import { createRandom } from './random.ts'
import { createRooms } from './rooms.ts'
import type { SimulatedRooms } from './rooms.ts'
import type { SimulatedRoom } from './world.ts'

/** Where to listen; port 0 is any free one. */
export interface Listen {
  readonly host: string
  readonly port: number
}

/** How a simulator is to be; every part has a default. */
export interface SimulatorOptions extends Partial<Settings> {
  /** `127.0.0.1` and a free port when left out. */
  readonly listen?: Listen
  /** Decides what the rooms' scripts leave open, latencies and probabilities; 1 when left out. */
  readonly seed?: number
  /** `cn-north-1` when left out. */
  readonly region?: string
  /** The demo's one account when left out. */
  readonly accounts?: readonly Credentials[]
  /** Sixty rooms of the demo when left out. */
  readonly rooms?: readonly SimulatedRoom[]
  readonly clock?: Pick<Clock, 'now' | 'monotonic'>
}

/** A running simulator. */
export interface Simulator {
  /** Where it listens, without a slash at the end: the `api.endpoint` of a configuration. */
  readonly url: string
  readonly rooms: SimulatedRooms
  readonly injections: Injections
  readonly arrivals: Arrivals
  settings(): Settings
  /** Changes what is given and leaves the rest. */
  change(settings: Partial<Settings>): void
  /** Ends every connection at once. */
  close(): Promise<void>
}

const systemClock = { now: () => Date.now(), monotonic: () => performance.now() }

/**
 * Starts a stand-in for the RTC API on a socket of its own.
 * @throws the system's error (`.code`, such as `EADDRINUSE`) when it cannot listen.
 */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { listen = { host: '127.0.0.1', port: 0 }, seed = 1, region = 'cn-north-1' } = options
  const { accounts = [simulatorAccount], clock = systemClock } = options
  let settings: Settings = {
    qps: options.qps ?? 40,
    otherRequestsPerSecond: options.otherRequestsPerSecond ?? 0,
    latencyMs: options.latencyMs ?? [20, 120],
    clockOffsetMs: options.clockOffsetMs ?? 0,
  }
  const random = createRandom(seed)
  const state = {
    rooms: createRooms(options.rooms ?? demoRooms(60), seed),
    injections: createInjections(random),
    arrivals: createArrivals(),
    settings: () => settings,
    change(changed: Partial<Settings>) {
      settings = { ...settings, ...changed }
    },
  }
  const closing = new AbortController()
  const api = createApi({ ...state, accounts, region })
  const control = createControl({ ...state, clock })
  const { signal } = closing
  const handle = createHandler({ ...state, api, control, region, clock, random, signal })

  // Longer than any client keeps an idle connection, or it would reuse one just as we close it.
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    void handle(request, response)
  })
  const port = await bind(server, listen)
  return {
    ...state,
    url: `http://${hostOf(listen.host)}:${String(port)}`,
    async close() {
      closing.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function bind(server: Server, { host, port }: Listen): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/** The host for a URL; who listens everywhere is reached on the loopback interface. */
function hostOf(host: string): string {
  if (host === '' || host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
