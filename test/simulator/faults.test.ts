import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isErrorCode } from '../../src/simulator/codes.ts'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import { faultNames, faultOf } from '../../src/simulator/faults.ts'
import { createInjections } from '../../src/simulator/injections.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import type { Simulator } from '../../src/simulator/server.ts'
import { failureReasons } from '../../src/room.ts'
import { createClient } from '../../src/volc/client.ts'
import type { Client } from '../../src/volc/client.ts'
import { ask, parametersFor } from './ask.ts'

const room = { appId: '0123456789abcdef01234567', roomId: 'Room1' }
let simulator: Simulator
const clients: Client[] = []

beforeAll(async () => {
  simulator = await createSimulator({ latencyMs: [0, 0], qps: 1000, rooms: [room] })
  simulator.rooms.hold(room, { exists: true, users: 6, invisibleUsers: 3 })
})

afterAll(async () => {
  for (const client of clients) client.close()
  await simulator.close()
})

function createPoll(timeoutMs: number) {
  const { url: endpoint } = simulator
  const api = { endpoint, region: 'cn-north-1', version: '2023-11-01', timeoutMs }
  const sleep = () => Promise.resolve()
  const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep }
  const client = createClient(api, 'test', clock)
  clients.push(client)
  return client.forAccount(() => Promise.resolve(simulatorAccount))
}

test('there is a fault for every reason', () => {
  expect(new Set(faultNames.map((name) => faultOf(name).reason))).toEqual(new Set(failureReasons))
})

test.each(faultNames)('the client gives %s its reason, and the truth afterwards', async (fault) => {
  const { reason } = faultOf(fault)
  const poll = createPoll(reason === 'timeout' ? 200 : 10_000)
  const watched = { ...room, account: 'default', intervalMs: 1000, maxAgeMs: 3000 }
  simulator.injections.add({ fault, times: 1 })
  const { reading } = await poll(watched, () => undefined)
  expect(reading).toMatchObject({ kind: 'failed', failure: { reason } })
  expect(simulator.arrivals.list().at(-1)?.verdict).toBe(`fault:${fault}`)

  const after = await createPoll(10_000)(watched, () => undefined)
  expect(after.reading).toEqual({ kind: 'present', users: 6, invisibleUsers: 3 })
})

test('a fault hits only whom it is meant for, as often as it is told, the first one first', async () => {
  const other = { appId: room.appId, roomId: 'Room2' }
  const heard = async (asked: typeof room) =>
    (await ask(simulator.url, { parameters: parametersFor(asked) })).error
  const { injections } = simulator
  injections.add({ fault: 'LackPolicy', roomId: 'Room2', times: 2 })
  const id = injections.add({ fault: 'InternalError', appId: room.appId })
  injections.add({ fault: 'AccessDenied', accessKeyId: 'somebody else' })
  injections.add({ fault: 'AccessDenied', appId: 'another app' })
  expect([await heard(room), await heard(other), await heard(other), await heard(other)]).toEqual([
    'InternalError',
    'LackPolicy',
    'LackPolicy',
    'InternalError',
  ])
  injections.clear(id)
  expect(await heard(room)).toBeUndefined()
  expect(injections.list().map((injection) => injection.fault)).toEqual([
    'AccessDenied',
    'AccessDenied',
  ])
  injections.clear()
  expect(injections.list()).toEqual([])
})

test('with a probability it hits that share of the requests', () => {
  const injections = createInjections(createRandom(1))
  injections.add({ fault: 'InternalError', probability: 0.25 })
  const picked = Array.from({ length: 4000 }, () =>
    injections.pick({ accessKeyId: '', appId: '', roomId: '' }),
  )
  const hits = picked.filter((fault) => fault !== undefined).length
  expect(hits).toBeGreaterThan(900)
  expect(hits).toBeLessThan(1100)
})

test('an oversized answer is over 8 MiB and otherwise right', async () => {
  simulator.injections.add({ fault: 'oversized_chunked', times: 1 })
  const heard = await ask(simulator.url, { parameters: parametersFor(room) })
  expect(heard.text.length).toBeGreaterThan(8 * 1024 * 1024)
  expect(heard.headers['content-length']).toBeUndefined()
  expect(heard.result).toMatchObject({ RoomExists: true, TotalInvisibleUser: 0 })
})

test('the documentation has every fault that is not just an error code', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../docs/simulator.md'), 'utf8')
  const shapes = faultNames.filter((name) => !isErrorCode(name))
  expect(shapes.filter((name) => !docs.includes(`\`${name}\``))).toEqual([])
})
