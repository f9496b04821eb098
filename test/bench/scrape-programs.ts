import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '../..')

/** A server under measurement. */
export interface Program {
  readonly pid: number
  readonly port: number
  readonly stop: () => Promise<void>
}

/**
 * Compiles the Node servers of this folder into `folder`, to run them as the program itself is run:
 * a loader that compiles while running would stay in memory, 35 MB of it.
 */
export function compileServers(folder: string): (name: string) => readonly [string, string] {
  mkdirSync(folder)
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      rootDir: root,
      outDir: folder,
      noEmit: false,
      noCheck: true,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [join(import.meta.dirname, 'scrape-*.ts')],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', folder], { stdio: 'inherit' })
  return (name) => [process.execPath, join(folder, 'test/bench', `${name}.js`)]
}

/** Builds a Go server of `peers/`; undefined where Go or Debian's client_golang is missing. */
export function buildPeer(name: string, folder: string): string | undefined {
  const file = join(folder, name)
  const built = spawnSync('go', ['build', '-o', file, '.'], {
    cwd: join(import.meta.dirname, 'peers', name),
    env: { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode' },
    encoding: 'utf8',
  })
  if (built.status === 0) return file
  const why = built.error?.message ?? built.stderr.trim()
  console.log(`${name} is left out (${why}); on Debian install`)
  console.log('  golang-go golang-github-prometheus-client-golang-dev')
  return undefined
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no standard output')
  const lines = createInterface(child.stdout)
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => ['it ended']),
  ])) as [string]
  return line
}

/** Starts a server and waits until it prints its port. */
export async function start(command: readonly string[]): Promise<Program> {
  const [file = '', ...parameters] = command
  const child = spawn(file, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = Number(await firstLine(child))
  if (child.pid === undefined || !(port > 0)) throw new Error(`${command.join(' ')} did not start`)
  return {
    pid: child.pid,
    port,
    async stop() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}
