import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Folder of the repository. */
export const root = join(import.meta.dirname, '../..')

/** A process that says on standard error where it listens. */
export interface Program {
  readonly pid: number
  readonly url: string
  /** Sends a signal that it is to survive. */
  readonly signal: (name: NodeJS.Signals) => void
  /** Ends it and waits until it is gone. */
  readonly end: (name?: NodeJS.Signals) => Promise<void>
}

/**
 * Runs Node with the parameters and waits for a line with `url=`.
 * @throws with what it printed when it ends before that
 */
export async function startProgram(parameters: readonly string[]): Promise<Program> {
  const child = spawn(process.execPath, parameters, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const printed: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      const found = /\burl=(\S+)/.exec(line)?.[1]
      if (found !== undefined) resolve(found)
      if (/level=(warn|error)/.test(line)) process.stderr.write(`${line}\n`)
      printed.push(line)
      if (printed.length > 20) printed.shift()
    })
    child.once('exit', (code) => {
      const [command = ''] = parameters
      reject(new Error(`${command} ended with ${String(code)}:\n${printed.join('\n')}`))
    })
  })
  if (child.pid === undefined) throw new Error('it has no process id')
  return {
    pid: child.pid,
    url,
    signal(name) {
      child.kill(name)
    },
    async end(name = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill(name)
      await ended
    },
  }
}
