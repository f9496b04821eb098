import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import type { SimulatorOptions } from '../../src/simulator/server.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import type { Program } from '../support/program.ts'
import { eventually, runExporter, textAt, urlOf, valueOf } from '../support/program.ts'
import { scrapeConfig, startPrometheus } from '../support/prometheus.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const appId = '0123456789abcdef01234567'
const keys = {
  VOLC_ACCESSKEY: simulatorAccount.accessKeyId,
  VOLC_SECRETKEY: simulatorAccount.secretAccessKey,
}

async function configFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'exporter-'))
  closers.push(() => rm(folder, { recursive: true }))
  const file = join(folder, 'exporter.yml')
  await writeFile(file, text)
  return file
}

async function simulate(options: SimulatorOptions = {}) {
  const simulator = await createSimulator({ latencyMs: [1, 5], rooms: [], ...options })
  closers.push(simulator.close)
  return simulator
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = keys): Program {
  const exporter = runExporter(['--web.listen-address=127.0.0.1:0', ...args], env)
  closers.push(() => exporter.stop('SIGKILL'))
  return exporter
}

const roomsYaml = (roomIds: readonly string[], interval = '5s') =>
  roomIds
    .map(
      (id) => `  - { app_id: ${appId}, room_id: ${JSON.stringify(id)}, interval: ${interval} }\n`,
    )
    .join('')

test('a real Prometheus gets the three gauges of every kind of room', async () => {
  const simulator = await simulate()
  simulator.rooms.hold({ appId, roomId: 'busy' }, { exists: true, users: 6, invisibleUsers: 3 })
  simulator.rooms.hold({ appId, roomId: 'empty' }, { exists: true, users: 0, invisibleUsers: 0 })
  simulator.rooms.hold({ appId, roomId: 'gone' }, { exists: false, users: 0, invisibleUsers: 0 })
  const odd = 'a "room"\\with {odd}=, 会议室 `~'
  simulator.rooms.hold({ appId, roomId: odd }, { exists: true, users: 2, invisibleUsers: 1 })
  const file = await configFile(
    `api: { endpoint: ${JSON.stringify(simulator.url)} }\nrooms:\n${roomsYaml(['busy', 'empty', 'gone', odd])}`,
  )
  const url = await urlOf(start([`--config.file=${file}`]))
  const prometheus = await startPrometheus(scrapeConfig(url))
  closers.push(prometheus.stop)

  const ask = (metric: string) => async () =>
    Object.fromEntries(
      (await prometheus.query(metric)).map(({ labels, value }) => [labels.room_id ?? '', value]),
    )
  const isWhole = (values: object) => Object.keys(values).length === 4
  expect(await eventually(ask('rtc_room_users_total'), isWhole)).toEqual({
    busy: 6,
    empty: 0,
    gone: 0,
    [odd]: 2,
  })
  expect(await ask('rtc_room_invisible_users')()).toEqual({ busy: 3, empty: 0, gone: 0, [odd]: 1 })
  expect(await ask('rtc_room_exists')()).toEqual({ busy: 1, empty: 1, gone: 0, [odd]: 1 })
  expect(await prometheus.query('up{job="rtc-room-exporter"}')).toMatchObject([{ value: 1 }])
})

test('promtool finds nothing but the given name', async () => {
  const simulator = await simulate()
  simulator.rooms.hold({ appId, roomId: 'a' }, { exists: true, users: 1, invisibleUsers: 0 })
  const file = await configFile(
    `api: { endpoint: ${JSON.stringify(simulator.url)} }\nrooms:\n` +
      `  - { app_id: ${appId}, room_id: a, min_users: 1, labels: { team: math } }\n`,
  )
  const url = await urlOf(start([`--config.file=${file}`]))
  const text = await eventually(
    () => textAt(`${url}/metrics`),
    (now) => now.includes('rtc_room_exists{'),
  )
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text })
  expect(`${stdout.toString()}${stderr.toString()}`.trim().split('\n')).toEqual([
    expect.stringMatching(/^rtc_room_users_total /),
  ])
  expect(text).not.toMatch(/nan$/im)
})

test('500 rooms every second: never more than 40 requests in any sliding second', async () => {
  const simulator = await simulate()
  const ids = Array.from({ length: 500 }, (_, index) => `room-${String(index)}`)
  for (const roomId of ids)
    simulator.rooms.hold({ appId, roomId }, { exists: true, users: 1, invisibleUsers: 0 })
  // The suites share their machine, which holds one process up longer than another.
  const api = `{ endpoint: ${JSON.stringify(simulator.url)}, network_jitter: 500ms }`
  const file = await configFile(`api: ${api}\nrooms:\n${roomsYaml(ids, '1s')}`)
  const url = await urlOf(start([`--config.file=${file}`]))
  const text = await eventually(
    () => textAt(`${url}/metrics`),
    (now) => valueOf(now, 'rtc_exporter_rooms{state="fresh"}') === 500,
  )
  const { mostInAnySecond, verdicts } = simulator.arrivals.summary()
  expect(mostInAnySecond).toBeLessThanOrEqual(40)
  expect(Object.keys(verdicts)).toEqual(['ok'])
  expect(valueOf(text, 'rtc_exporter_demand_requests_per_second{account="default"}')).toBe(500)
})

test('SIGTERM and SIGINT end it with exit code 0', async () => {
  const simulator = await simulate()
  const file = await configFile(
    `api: { endpoint: ${JSON.stringify(simulator.url)} }\nrooms:\n${roomsYaml(['a'])}`,
  )
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const exporter = start([`--config.file=${file}`])
    await urlOf(exporter)
    expect(await exporter.stop(signal)).toBe(0)
  }
})

test('wrong keys are no exit: a metric, a line that says what to do, and a recovery', async () => {
  const simulator = await simulate()
  const file = await configFile(
    `api: { endpoint: ${JSON.stringify(simulator.url)} }\nrooms:\n${roomsYaml(['a', 'b'])}`,
  )
  const wrong = 'a-wrong-secret-that-must-not-be-seen'
  const exporter = start([`--config.file=${file}`], { ...keys, VOLC_SECRETKEY: wrong })
  const url = await urlOf(exporter)
  await exporter.printed(/level=warn msg="API request failed" account=default reason=auth/)
  const text = await textAt(`${url}/metrics`)
  expect(valueOf(text, 'rtc_up{account="default"}')).toBe(0)
  expect(valueOf(text, 'rtc_exporter_circuit_open{account="default"}')).toBe(1)
  expect(text).not.toContain('rtc_room_users_total{')
  expect(exporter.output() + text).not.toContain(wrong)
})

test('an unreachable API is no exit, and the rooms come back with it', async () => {
  const simulator = await simulate()
  const port = Number(new URL(simulator.url).port)
  await simulator.close()
  closers.pop()
  const file = await configFile(
    `api: { endpoint: ${JSON.stringify(simulator.url)} }\nrooms:\n${roomsYaml(['a'], '1s')}`,
  )
  const exporter = start([`--config.file=${file}`])
  const url = await urlOf(exporter)
  await exporter.printed(/reason=network/)
  expect(valueOf(await textAt(`${url}/metrics`), 'rtc_up{account="default"}')).toBe(0)
  const revived = await simulate({ listen: { host: '127.0.0.1', port } })
  revived.rooms.hold({ appId }, { exists: false, users: 0, invisibleUsers: 0 })
  const series = `rtc_room_exists{app_id="${appId}",room_id="a"}`
  await eventually(
    () => textAt(`${url}/metrics`),
    (text) => valueOf(text, series) === 0,
  )
})

test.each<[string, string[], string, Record<string, string>, number, RegExp]>([
  ['an unknown flag', ['--web.listen-adress=:1'], 'rooms: []', keys, 2, /did you mean/],
  ['missing keys', [], `rooms:\n${roomsYaml(['a'])}`, {}, 1, /VOLC_ACCESSKEY/],
  ['an invalid file', [], 'rooms: [{ app_id: 5, room_id: x }]', keys, 1, /yml:1:19: .*quote it/],
])('%s: one clear line and the exit code', async (_what, args, text, env, code, line) => {
  const file = await configFile(text)
  const exporter = start([`--config.file=${file}`, ...args], env)
  expect(await exporter.ended).toBe(code)
  expect(exporter.output().trim().split('\n')).toEqual([expect.stringMatching(line)])
})

test('a port that is taken: one clear line and exit code 1', async () => {
  const simulator = await simulate()
  const file = await configFile(`rooms:\n${roomsYaml(['a'])}`)
  const taken = new URL(simulator.url).host
  const exporter = start([`--config.file=${file}`, `--web.listen-address=${taken}`])
  expect(await exporter.ended).toBe(1)
  expect(exporter.output()).toMatch(/^rtc-room-exporter: listen EADDRINUSE.*$/m)
})

test('--config.check prints the plan and exits 0, without the network', async () => {
  const file = await configFile(`rooms:\n${roomsYaml(['a', 'b'], '30s')}`)
  const exporter = start([`--config.file=${file}`, '--config.check'])
  expect(await exporter.ended).toBe(0)
  expect(exporter.output()).toMatch(/2 rooms, 10 room series/)
})

test('the demo shows 50 rooms that change, and ends cleanly', async () => {
  const demo = runExporter(['simulate', '--demo', '--listen=127.0.0.1:0'])
  closers.push(() => demo.stop('SIGKILL'))
  const [, url = ''] = await demo.printed(/^metrics +(\S+)$/m)
  const rooms = (text: string) =>
    text.split('\n').filter((line) => line.startsWith('rtc_room_users_total{'))
  const first = await eventually(
    () => textAt(url),
    (text) => rooms(text).length >= 50,
  )
  await eventually(
    () => textAt(url),
    (text) => rooms(text).join() !== rooms(first).join(),
  )
  expect(await demo.stop('SIGINT')).toBe(0)
})
