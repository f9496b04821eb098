import type { Room } from '../room.ts'
import type { Credentials } from '../volc/signature.ts'
import type { ScriptName, SimulatedRoom } from './world.ts'

/** The keys that the simulator knows when it is told no others. They open nothing else. */
export const simulatorAccount: Credentials = {
  accessKeyId: 'SIMULATOR-ACCESS-KEY',
  secretAccessKey: 'SIMULATOR-SECRET-KEY-good-for-nothing-else',
}

/** A room of the demo, with what its line in the configuration says about it. */
export interface DemoRoom extends SimulatedRoom, Pick<Room, 'minUsers' | 'labels'> {}

const apps = ['5c4001d0000000000000a001', '5c4001d0000000000000a002', '5c4001d0000000000000a003']
const teams = ['math', 'music', 'english', 'chess', 'physics', 'drawing', 'history']
const pattern: readonly ScriptName[] = [
  ...(['lesson', 'lounge', 'lesson', 'lesson', 'webinar', 'lounge', 'lesson', 'ghosts'] as const),
  ...(['lesson', 'lounge', 'vacant', 'lesson', 'lesson', 'missing', 'lounge'] as const),
]

/** `count` rooms over three app ids, of every script, some with `min_users` and labels. */
export function demoRooms(count: number): readonly DemoRoom[] {
  return Array.from({ length: count }, (_, index) => {
    const team = teams[index % teams.length] ?? 'math'
    const script = pattern[index % pattern.length] ?? 'lesson'
    return {
      appId: apps[index % apps.length] ?? '',
      roomId: `${team}-${String(index + 1)}`,
      script,
      ...(script === 'lounge' && { minUsers: 1 }),
      ...(script === 'vacant' && { minUsers: 0 }),
      ...(index % 3 === 0 && { labels: { team } }),
    }
  })
}

/**
 * A configuration file for the exporter that watches `rooms` at the simulator at `endpoint` (a URL),
 * often enough to see changes within seconds. It holds the simulator's keys and runs as it stands.
 */
export function demoConfig(demo: {
  readonly endpoint: string
  readonly rooms: readonly DemoRoom[]
}): string {
  const insecure = isLoopback(demo.endpoint) ? '' : '\n  insecure_http: true'
  return `# Watches the rooms of the simulated RTC API; its keys are known to everybody.
api:
  endpoint: ${quote(demo.endpoint)}${insecure}
accounts:
  - name: default
    access_key_id: ${quote(simulatorAccount.accessKeyId)}
    secret_access_key: ${quote(simulatorAccount.secretAccessKey)}
polling:
  interval: 5s
  min_interval: 1s
  max_age: 30s
rooms:
${demo.rooms.map(roomEntry).join('')}`
}

function roomEntry({ appId, roomId, minUsers, labels }: DemoRoom): string {
  const lines = [`  - app_id: ${quote(appId)}`, `    room_id: ${quote(roomId)}`]
  if (minUsers !== undefined) lines.push(`    min_users: ${String(minUsers)}`)
  if (labels !== undefined) lines.push(`    labels: ${JSON.stringify(labels)}`)
  return lines.map((line) => `${line}\n`).join('')
}

/** JSON's strings are YAML's double-quoted ones. */
function quote(text: string): string {
  return JSON.stringify(text)
}

function isLoopback(endpoint: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(endpoint).hostname)
}
