import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** The checkout's root. */
export const root = join(import.meta.dirname, '../..')

/** A program that runs, with all that it has printed. */
export interface Program {
  readonly child: ChildProcess
  /** Standard output and standard error so far, as they came. */
  output(): string
  /** Resolves with the match once the output matches; rejects when the program ends before. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>
  /** Resolves with the exit code, or the signal's name, once it has ended. */
  ended: Promise<number | NodeJS.Signals>
  /** Ends it by `signal` and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>
}

/** Runs a program in the checkout; the environment is only what is given, and the PATH. */
export function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const watchers = new Set<() => void>()
  const take = (chunk: Buffer) => {
    output += chunk.toString()
    for (const watch of watchers) watch()
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve(code ?? signal ?? -1)
    })
  })
  return {
    child,
    output: () => output,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const match = pattern.exec(output)
          if (match === null) return
          watchers.delete(watch)
          resolve(match)
        }
        watchers.add(watch)
        watch()
        void ended.then((code) => {
          reject(new Error(`${command} ended with ${String(code)}: ${output}`))
        })
      }),
    ended,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
  }
}

/** Runs the built program. */
export function runExporter(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return runProgram(process.execPath, ['dist/main.js', ...args], env)
}

/** Where an exporter that `runExporter` started listens, once it does. */
export async function urlOf(exporter: Program): Promise<string> {
  const [, url = ''] = await exporter.printed(/msg=listening url=(\S+)/)
  return url
}

/** A port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

/** Asks until `isRight` says so; the test's own timeout is the only limit. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isRight: (value: T) => boolean,
): Promise<T> {
  for (;;) {
    const value = await ask()
    if (isRight(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The text at a URL. */
export async function textAt(url: string): Promise<string> {
  const response = await fetch(url)
  return response.text()
}

/** The value of a series in an exposition text; undefined where it is absent. */
export function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length))
}
