import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import type { SimulatorOptions } from '../../src/simulator/server.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import type { Program } from './program.ts'
import { runExporter, urlOf } from './program.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Calls `close` after the test. */
export function closeLater(close: () => unknown): void {
  closers.push(close)
}

/** An app that the simulator of these tests knows. */
export const appId = '0123456789abcdef01234567'

/** A folder that is gone after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rtc-room-exporter-trial-'))
  closers.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** What is true about the room of that number, for as long as a test lasts. */
export const truthOf = (room: number) => ({
  exists: room % 7 !== 3,
  users: room % 7 === 3 ? 0 : room + (room % 3),
  invisibleUsers: room % 7 === 3 ? 0 : room % 3,
})

/** A simulator with `count` rooms named `Room0` on, each held in its own state. */
export async function simulate(count: number, options: SimulatorOptions = {}) {
  const simulator = await createSimulator({ latencyMs: [1, 5], rooms: [], ...options })
  closers.push(simulator.close)
  for (let room = 0; room < count; room++)
    simulator.rooms.hold({ appId, roomId: `Room${String(room)}` }, truthOf(room))
  return simulator
}

/** A configuration, as JSON, which is YAML. The jitter allows for pauses of a busy test machine. */
export function configText(
  endpoint: string,
  roomIds: readonly string[],
  {
    polling = { interval: '1s', min_interval: '1s', max_age: '60s' },
    account = {
      access_key_id: simulatorAccount.accessKeyId,
      secret_access_key: simulatorAccount.secretAccessKey,
    },
  }: { polling?: object; account?: object } = {},
): string {
  return JSON.stringify({
    api: { endpoint, network_jitter: '400ms' },
    accounts: [{ name: 'default', ...account }],
    polling,
    rooms: roomIds.map((id) => ({ app_id: appId, room_id: id })),
  })
}

/** The ids `Room0` to `Room(count - 1)`. */
export const roomIds = (count: number) =>
  Array.from({ length: count }, (_, room) => `Room${String(room)}`)

/** Writes a configuration into a folder of its own and gives its path. */
export async function configFile(text: string): Promise<string> {
  const file = join(await newFolder(), 'exporter.yml')
  await writeFile(file, text)
  return file
}

/** Runs the built exporter on a free port and waits until it listens; killed after the test. */
export async function startExporter(
  args: readonly string[],
): Promise<{ exporter: Program; url: string }> {
  const exporter = runExporter(['--web.listen-address=127.0.0.1:0', ...args])
  closers.push(() => exporter.stop('SIGKILL'))
  return { exporter, url: await urlOf(exporter) }
}

/** The values of one family of room series by room id. */
export function valuesByRoom(text: string, family: string): ReadonlyMap<string, number> {
  const pattern = new RegExp(`^${family}\\{app_id="\\w+",room_id="(\\w+)"\\} +(\\S+)$`, 'gm')
  return new Map([...text.matchAll(pattern)].map(([, id = '', value]) => [id, Number(value)]))
}
