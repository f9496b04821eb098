import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { demoRooms, simulatorAccount } from '../../src/simulator/demo.ts'
import type { Command } from './start-process.ts'
import { buildPeer } from './start-process.ts'
import { root } from './start-program.ts'

/** What the process is to do. */
export interface Task {
  readonly endpoint: string
  readonly rooms: number
  readonly interval: string
}

/** A program under measurement. */
export interface Subject {
  readonly name: string
  /** Whether it polls, and not only stands there. */
  readonly doesPoll: boolean
  readonly command: (port: number, task: Task) => Command
}

const { accessKeyId, secretAccessKey } = simulatorAccount
const roomEntries = (count: number) =>
  demoRooms(count).map(({ appId, roomId }) => ({ app_id: appId, room_id: roomId }))

function configText({ endpoint, rooms, interval }: Task): string {
  const keys = { access_key_id: accessKeyId, secret_access_key: secretAccessKey }
  return JSON.stringify({
    api: { endpoint },
    accounts: [{ name: 'default', ...keys }],
    polling: { interval, min_interval: '1s', adaptive: false },
    rooms: roomEntries(rooms),
  })
}

const node = (parameters: readonly string[]): Command => ({ file: process.execPath, parameters })

/** The program as `main` (a file) and Node's flags make it. */
function ours(name: string, main: string, folder: string, flags: readonly string[]): Subject {
  return {
    name,
    doesPoll: true,
    command(port, task) {
      const config = join(folder, 'exporter.yml')
      writeFileSync(config, configText(task))
      const listen = `--web.listen-address=127.0.0.1:${String(port)}`
      return node([...flags, main, `--config.file=${config}`, listen])
    },
  }
}

/** A script of this folder, compiled beforehand: a loader that compiles would be measured too. */
function script(name: string, file: string, folder: string): Subject {
  const text = readFileSync(join(import.meta.dirname, `${file}.ts`), 'utf8')
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 }
  const compiled = join(folder, `${file}.mjs`)
  writeFileSync(compiled, ts.transpileModule(text, { compilerOptions }).outputText)
  return { name, doesPoll: false, command: (port) => node([compiled, String(port)]) }
}

function goPeer(folder: string): Subject[] {
  const peer = buildPeer(folder)
  if (peer === undefined) return []
  return [
    {
      name: 'the Go peer, client_golang',
      doesPoll: true,
      command(port, { endpoint, rooms, interval }) {
        const list = join(folder, 'rooms.json')
        writeFileSync(list, JSON.stringify(roomEntries(rooms)))
        const keys = [accessKeyId, secretAccessKey]
        const address = `127.0.0.1:${String(port)}`
        return { file: peer, parameters: [address, endpoint, list, interval, ...keys] }
      },
    },
  ]
}

/** All that is measured; `folder` is for what they need, `flags` are more of Node's flags to try. */
export function subjects(main: string, folder: string, flags: readonly string[]): Subject[] {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return [
    ours('as shipped', main, folder, ['--max-semi-space-size=1']),
    ...flags.map((flag) => ours(`\`${flag}\``, main, folder, flag.split(' '))),
    script('express, prom-client, got, bottleneck', 'start-imports', folder),
    script('an empty Node.js server', 'start-floor', folder),
    ...goPeer(folder),
  ]
}
