import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './start-program.ts'

/** How a process under measurement is run. */
export interface Command {
  readonly file: string
  readonly parameters: readonly string[]
}

/** A process that answers on its port. */
export interface Running {
  /** From before it was started to the last byte of the first answer, in milliseconds. */
  readonly firstAnswerMs: number
  /** Processor time of its threads so far, in milliseconds. */
  readonly cpuMs: () => number
  /** Resident memory now and at its most, in MB. */
  readonly memory: () => { readonly nowMb: number; readonly peakMb: number }
  readonly end: () => Promise<void>
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Asks every 2 ms until `/metrics` is answered. */
async function firstAnswer(port: number, hasEnded: () => boolean): Promise<void> {
  for (;;) {
    const text = await fetch(`http://127.0.0.1:${String(port)}/metrics`).then(
      (response) => response.text(),
      () => '',
    )
    if (text !== '') return
    if (hasEnded()) throw new Error('it ended before it answered')
    await sleep(2)
  }
}

/** Linux, proc(5): nanoseconds that each thread has run. */
function cpuMs(pid: number): number {
  const tasks = `/proc/${String(pid)}/task`
  return readdirSync(tasks).reduce((sum, task) => {
    const [ns] = readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')
    return sum + Number(ns) / 1e6
  }, 0)
}

/** Starts a process and waits for its first answer. */
export async function run({ file, parameters }: Command, port: number): Promise<Running> {
  const startedAt = performance.now()
  const child = spawn(file, parameters, { cwd: root, stdio: ['ignore', 'ignore', 'ignore'] })
  await once(child, 'spawn')
  const { pid = 0 } = child
  await firstAnswer(port, () => child.exitCode !== null)
  const firstAnswerMs = performance.now() - startedAt
  return {
    firstAnswerMs,
    cpuMs: () => cpuMs(pid),
    memory() {
      const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8')
      const mb = (name: string) =>
        Number(new RegExp(`${name}:\\s*(\\d+) kB`).exec(status)?.[1]) / 1000
      return { nowMb: mb('VmRSS'), peakMb: mb('VmHWM') }
    },
    async end() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Builds the Go peer; undefined, and a line that says why, where Go or client_golang is missing. */
export function buildPeer(folder: string): string | undefined {
  const file = `${folder}/peer`
  const built = spawnSync('go', ['build', '-o', file, '.'], {
    cwd: `${import.meta.dirname}/peers/start`,
    env: { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode' },
    encoding: 'utf8',
  })
  if (built.status === 0) return file
  console.log(`the Go peer is left out (${built.error?.message ?? built.stderr.trim()}); on Debian`)
  console.log('install golang-go golang-github-prometheus-client-golang-dev\n')
  return undefined
}
