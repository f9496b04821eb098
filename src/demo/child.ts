import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { Logger } from '../logger.ts'
import type { Clock } from '../room.ts'

/** The first of several commands that is on the PATH; undefined where none is. */
export async function findCommand(...names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const version = promisify(execFile)(name, ['--version'])
    const isFound = await version.then(
      () => true,
      (error: unknown) => !(error instanceof Object && 'code' in error && error.code === 'ENOENT'),
    )
    if (isFound) return name
  }
  return undefined
}

/** What a child is started with. */
export interface ChildParts {
  readonly log: Logger
  readonly clock: Clock
  /** Ends the child at once where there is no time to stop it. */
  readonly signal: AbortSignal
}

const readyPollMs = 100
const patienceMs = 5000

/**
 * Starts a server of Prometheus's family and waits until its `/-/ready` answers at `url`.
 * @returns what ends it, resolved when it has ended.
 * @throws with its last words when it ends before it is ready.
 */
export async function startChild(
  command: string,
  args: readonly string[],
  url: string,
  { log, clock, signal }: ChildParts,
): Promise<() => Promise<void>> {
  // In a group of its own, or Ctrl-C would end it while the demo still waits for it.
  const child = spawn(command, args, {
    detached: true,
    signal,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let lastWords = ''
  createInterface(child.stderr).on('line', (line) => {
    lastWords = line
  })
  const state = { isStopping: false, hasEnded: false }
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      lastWords = error.message
    })
    child.once('close', () => {
      state.hasEnded = true
      if (!state.isStopping) log.error('program ended by itself', { command, lastWords })
      resolve()
    })
  })
  while (!(await isReady(url))) {
    if (state.hasEnded) throw new Error(`${command} ended before it was ready: ${lastWords}`)
    await clock.sleep(readyPollMs)
  }
  return async () => {
    state.isStopping = true
    child.kill('SIGTERM')
    const killing = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    await ended
    clearTimeout(killing)
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  )
}
