import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:http'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Program } from './scrape-programs.ts'

/** One scrape as the client saw it. */
export interface Sample {
  /** From the request to the last byte of the answer. */
  readonly ms: number
  /** Processor time of all the server's threads meanwhile. */
  readonly cpuMs: number
  /** The longest delay of the server's event loop meanwhile; NaN where it has none. */
  readonly stallMs: number
  readonly bytes: number
}

/** Nanoseconds that all threads of a process have run: Linux, proc(5). */
function cpuNs(pid: number): number {
  const tasks = `/proc/${String(pid)}/task`
  const times = readdirSync(tasks).map((task) => {
    const [running = ''] = readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')
    return Number(running)
  })
  return times.reduce((sum, ns) => sum + ns, 0)
}

/** Resident memory of a process in MB. */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8')
  return Number(/VmRSS:\s*(\d+) kB/.exec(status)?.[1]) / 1000
}

/** Ends a chunked body; no exposition text holds it. */
const lastChunk = Buffer.from('0\r\n\r\n')

/**
 * Counts the bytes of answers and looks at nothing but their ends: HTTP clients of Node.js take
 * several times as long to read 40 MB as a server to send them, and it is servers that are compared.
 */
function createCounter(port: number) {
  let received = 0
  let wanted = Infinity
  let tail = Buffer.alloc(0)
  let done: (bytes: number) => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  let socket: Socket | undefined

  function take(part: Buffer) {
    if (received === 0) {
      const head = part.toString('latin1', 0, part.indexOf('\r\n\r\n') + 4)
      const length = /^content-length: (\d+)/im.exec(head)?.[1]
      wanted = length === undefined ? Infinity : head.length + Number(length)
    }
    received += part.length
    tail = Buffer.concat([tail, part.subarray(-lastChunk.length)]).subarray(-lastChunk.length)
    if (received >= wanted || (wanted === Infinity && tail.equals(lastChunk))) done(received)
  }

  // Servers close a connection that has been idle for some seconds.
  const open = () =>
    connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer: Buffer.alloc(1 << 20),
        callback(length, buffer) {
          take(Buffer.from(buffer.buffer, buffer.byteOffset, length))
          return true
        },
      },
    })
      .once('error', (error) => {
        fail(error)
      })
      .once('close', () => {
        socket = undefined
        fail(new Error('the server closed the connection'))
      })

  return {
    /** Scrapes once and gives the size of the answer with its head, in bytes. */
    scrape: (encoding: string) =>
      new Promise<number>((resolve, reject) => {
        received = 0
        done = resolve
        fail = reject
        socket ??= open()
        socket.write(`GET /metrics HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: ${encoding}\r\n\r\n`)
      }),
    close: () => socket?.destroy(),
  }
}

/** A scraper whose connections stay open. */
export function createClient({ pid, port }: Program, hasStall: boolean) {
  const counter = createCounter(port)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })

  const send = (path: string, method = 'GET', encoding = 'identity'): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { 'accept-encoding': encoding }
      request({ host: '127.0.0.1', port, path, method, agent, headers }, resolve)
        .on('error', reject)
        .end()
    })

  const stall = async () =>
    hasStall ? Number(String(await buffer(await send('/stall')))) : Number.NaN

  return {
    /** The bytes of `/metrics`. */
    fetch: async (encoding: string) => buffer(await send('/metrics', 'GET', encoding)),

    /** Has rooms change on the server. */
    async change(count: number, order: string) {
      await buffer(await send(`/change?count=${String(count)}&order=${order}`, 'POST'))
    },

    /** Scrapes once. */
    async scrape(encoding: string): Promise<Sample> {
      await stall()
      const cpuBefore = cpuNs(pid)
      const startedAt = performance.now()
      const bytes = await counter.scrape(encoding)
      const ms = performance.now() - startedAt
      const cpuMs = (cpuNs(pid) - cpuBefore) / 1e6
      return { ms, cpuMs, stallMs: await stall(), bytes }
    },

    /** The longest delay of the server's event loop in as much time as a scrape takes, without one. */
    async restStall(): Promise<number> {
      await stall()
      await sleep(20)
      return stall()
    },

    close() {
      counter.close()
      agent.destroy()
    },
  }
}

/** The value below which a share of the numbers lies; NaN without numbers. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
