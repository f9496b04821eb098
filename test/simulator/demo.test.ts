import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { demoConfig, demoRooms, simulatorAccount } from '../../src/simulator/demo.ts'
import { runSimulator } from '../../src/simulator/run.ts'
import type { RunOptions } from '../../src/simulator/run.ts'
import { ask, parametersFor } from './ask.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

const options: RunOptions = {
  listen: { host: '127.0.0.1', port: 0 },
  seed: 1,
  rooms: 20,
  qps: 40,
  latencyMs: [0, 0],
}
const logTo = (lines: unknown[]) => ({
  info(message: string, fields: object = {}) {
    lines.push({ ...fields, message })
  },
})

test('the demo has as many rooms as it is told, all different, over three apps', () => {
  const rooms = demoRooms(500)
  expect(new Set(rooms.map(({ appId, roomId }) => `${appId} ${roomId}`)).size).toBe(500)
  expect(new Set(rooms.map(({ appId }) => appId)).size).toBe(3)
  expect(rooms.every(({ appId }) => /^[0-9a-f]{24}$/.test(appId))).toBe(true)
})

test('its configuration names every room with what is wanted of it', () => {
  const rooms = demoRooms(20)
  const config = parse(demoConfig({ endpoint: 'http://127.0.0.1:1', rooms })) as object
  expect(config).toMatchObject({
    api: { endpoint: 'http://127.0.0.1:1' },
    accounts: [
      {
        name: 'default',
        access_key_id: simulatorAccount.accessKeyId,
        secret_access_key: simulatorAccount.secretAccessKey,
      },
    ],
    rooms: rooms.map(({ appId, roomId, minUsers, labels }) => ({
      app_id: appId,
      room_id: roomId,
      ...(minUsers !== undefined && { min_users: minUsers }),
      ...(labels !== undefined && { labels }),
    })),
  })
})

test('plain HTTP is allowed in words where the simulator is not on this machine', () => {
  const apiFor = (endpoint: string) =>
    (parse(demoConfig({ endpoint, rooms: [] })) as { api: object }).api
  expect(apiFor('http://simulator:10641')).toHaveProperty('insecure_http', true)
  expect(apiFor('http://127.0.0.1:10641')).not.toHaveProperty('insecure_http')
  expect(apiFor('http://[::1]:10641')).not.toHaveProperty('insecure_http')
})

test('the program listens, says where, and writes a configuration that fits', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulate-'))
  closers.push(() => rm(folder, { recursive: true }))
  const configOut = join(folder, 'exporter.yml')
  const lines: unknown[] = []
  const running = await runSimulator({ ...options, configOut }, logTo(lines))
  closers.push(running.close)

  expect(lines).toEqual([
    { url: running.url, rooms: 20, qps: 40, message: 'simulated RTC API listening' },
    { file: configOut, message: 'configuration written' },
  ])
  expect(await readFile(configOut, 'utf8')).toBe(running.config)
  expect(running.config).toContain(running.url)
  for (const room of demoRooms(20)) {
    expect((await ask(running.url, { parameters: parametersFor(room) })).error).toBeUndefined()
  }
})

test('a port in use and a file that cannot be written are errors, and nothing keeps listening', async () => {
  const running = await runSimulator(options, logTo([]))
  closers.push(running.close)
  const port = Number(new URL(running.url).port)
  const taken = { ...options, listen: { host: '127.0.0.1', port } }
  await expect(runSimulator(taken, logTo([]))).rejects.toMatchObject({ code: 'EADDRINUSE' })
  const unwritable = { ...options, configOut: join(tmpdir(), 'no', 'such', 'folder.yml') }
  await expect(runSimulator(unwritable, logTo([]))).rejects.toMatchObject({ code: 'ENOENT' })
})
