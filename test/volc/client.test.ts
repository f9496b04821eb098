import { createServer } from 'node:http'
import { afterEach, expect, test } from '@jest/globals'
import type { Room } from '../../src/room.ts'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import type { SimulatorOptions } from '../../src/simulator/server.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import { createClient } from '../../src/volc/client.ts'
import { realClock } from '../support/clock.ts'
import { room } from '../support/rooms.ts'
import vectors from './signature-vectors.json' with { type: 'json' }

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const watched = room({ appId: '5c4001d0000000000000a001', roomId: 'math-1' })

async function start({ appId, roomId }: Room = watched, options: SimulatorOptions = {}) {
  const rooms = [{ appId, roomId, script: 'lesson' as const }]
  const simulator = await createSimulator({ rooms, latencyMs: [0, 0], ...options })
  const api = {
    endpoint: simulator.url,
    region: 'cn-north-1',
    version: '2023-11-01',
    timeoutMs: 5000,
  }
  const client = createClient(api, 'rtc-room-exporter/test', realClock)
  closers.push(client.close, simulator.close)
  return { simulator, ask: client.forAccount(() => Promise.resolve(simulatorAccount)) }
}

test('asks about one room and reads the counts', async () => {
  const { simulator, ask } = await start()
  simulator.rooms.hold(watched, { exists: true, users: 6, invisibleUsers: 3 })
  const answer = await ask(watched, () => undefined)
  expect(answer.reading).toEqual({ kind: 'present', users: 6, invisibleUsers: 3 })
  expect(answer.requestId).toMatch(/^\w+$/)
  expect(answer.durationMs).toBeGreaterThan(0)
})

test('says when the request was written, once, before the answer', async () => {
  const { ask } = await start()
  const events: string[] = []
  await ask(watched, () => events.push('written')).then(() => events.push('answered'))
  expect(events).toEqual(['written', 'answered'])
})

const roomIds = [...new Set(vectors.vectors.map(({ query }) => query.RoomId))]

test.each(roomIds)('a room id of %j is signed as the API signs it', async (roomId) => {
  const odd = room({ roomId })
  const { simulator, ask } = await start(odd)
  simulator.rooms.hold(odd, { exists: true, users: 2, invisibleUsers: 0 })
  const { reading } = await ask(odd, () => undefined)
  expect(reading).toEqual({ kind: 'present', users: 2, invisibleUsers: 0 })
})

test('an unreachable endpoint is a network failure, not an exception', async () => {
  const { simulator, ask } = await start()
  await simulator.close()
  closers.splice(1)
  const { reading } = await ask(watched, () => undefined)
  expect(reading).toMatchObject({ kind: 'failed', failure: { reason: 'network' } })
  expect(JSON.stringify(reading)).toContain('ECONNREFUSED')
})

test('keys that cannot be read are an auth failure, and nothing is sent', async () => {
  const api = { endpoint: 'http://127.0.0.1:9', region: 'r', version: 'v', timeoutMs: 1000 }
  const client = createClient(api, 'test', realClock)
  const ask = client.forAccount(() => Promise.reject(new Error('the file is gone')))
  const { reading } = await ask(watched, () => undefined)
  expect(reading).toMatchObject({ kind: 'failed', failure: { reason: 'auth' } })
})

test("the clock's skew is measured from the Date header", async () => {
  const { ask } = await start(watched, { clockOffsetMs: -600_000 })
  const { clockSkewMs = 0 } = await ask(watched, () => undefined)
  expect(Math.abs(clockSkewMs - 600_000)).toBeLessThan(5000)
})

test('sends the four parameters, the signed headers, and nothing about itself but its name', async () => {
  const seen: { url?: string | undefined; headers: object }[] = []
  const server = createServer((request, response) => {
    seen.push({ url: request.url, headers: request.headers })
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const endpoint = `http://127.0.0.1:${String(port)}`
  const api = { endpoint, region: 'cn-north-1', version: '2023-11-01', timeoutMs: 1000 }
  const client = createClient(api, 'rtc-room-exporter/test', realClock)
  closers.unshift(client.close)
  await client.forAccount(() => Promise.resolve(simulatorAccount))(watched, () => undefined)
  expect(seen.map(({ url }) => url)).toEqual([
    '/?Action=GetRoomOnlineUsers&AppId=5c4001d0000000000000a001&RoomId=math-1&Version=2023-11-01',
  ])
  expect(Object.keys(seen[0]?.headers ?? {}).sort()).toEqual([
    'accept',
    'authorization',
    'connection',
    'host',
    'user-agent',
    'x-content-sha256',
    'x-date',
  ])
})
