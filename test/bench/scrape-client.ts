import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
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

/** A scraper with one connection that stays open. */
export function createClient({ pid, port }: Program, hasStall: boolean) {
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
      const answer = await send('/metrics', 'GET', encoding)
      let bytes = 0
      for await (const part of answer as AsyncIterable<Buffer>) bytes += part.length
      const ms = performance.now() - startedAt
      const cpuMs = (cpuNs(pid) - cpuBefore) / 1e6
      return { ms, cpuMs, stallMs: await stall(), bytes }
    },

    close() {
      agent.destroy()
    },
  }
}

/** The value below which a share of the numbers lies; NaN without numbers. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
