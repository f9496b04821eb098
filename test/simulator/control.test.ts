import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { faultNames } from '../../src/simulator/faults.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import type { Simulator } from '../../src/simulator/server.ts'
import { ask, parametersFor } from './ask.ts'

const appId = '0123456789abcdef01234567'
const rooms = ['Room1', 'Room2'].map((roomId) => ({ appId, roomId, script: 'vacant' as const }))
let simulator: Simulator

beforeEach(async () => {
  simulator = await createSimulator({ latencyMs: [0, 0], rooms })
})
afterEach(() => simulator.close())

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${simulator.url}/simulator/${path}`, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: response.status, body: await response.json(), headers: response.headers }
}
const askRoom = (roomId: string) =>
  ask(simulator.url, { parameters: parametersFor({ appId, roomId }) })

test('a room is held in a state and let go again', async () => {
  const state = { exists: true, users: 9, invisibleUsers: 4 }
  const put = await call('PUT', 'rooms', { appId, roomId: 'Room1', state })
  expect(put.body).toEqual([{ ...rooms[0], state }])
  expect((await askRoom('Room1')).result).toMatchObject({ TotalUser: 9, TotalInvisibleUser: 4 })

  await call('PUT', 'rooms', { appId, roomId: 'Room1', state: null })
  expect((await askRoom('Room1')).result).toMatchObject({ TotalUser: 0, RoomExists: true })
})

test('without a room id the whole app is meant', async () => {
  await call('PUT', 'rooms', { appId, state: { exists: false } })
  const listed = await call('GET', 'rooms')
  const absent = { exists: false, users: 0, invisibleUsers: 0 }
  expect(listed.body).toEqual(rooms.map((room) => ({ ...room, state: absent })))
  expect((await askRoom('Room2')).result).toEqual({ RoomExists: false })
})

test('a room that nobody knew becomes known', async () => {
  const stranger = { appId: 'new app', roomId: 'a/b c' }
  await call('PUT', 'rooms', { ...stranger, state: { users: 1 } })
  const { result } = await ask(simulator.url, { parameters: parametersFor(stranger) })
  expect(result).toMatchObject({ TotalUser: 1, TotalInvisibleUser: 0, RoomExists: true })
})

test('settings change one by one and hold at once', async () => {
  const changed = await call('PATCH', 'settings', { qps: 1 })
  expect(changed.body).toEqual({
    qps: 1,
    otherRequestsPerSecond: 0,
    latencyMs: [0, 0],
    clockOffsetMs: 0,
  })
  await call('PATCH', 'settings', { otherRequestsPerSecond: 1 })
  expect((await call('GET', 'settings')).body).toEqual({
    qps: 1,
    otherRequestsPerSecond: 1,
    latencyMs: [0, 0],
    clockOffsetMs: 0,
  })
  expect((await askRoom('Room1')).error).toBe('RequestLimitExceeded')
})

test('faults are listed, injected and cleared', async () => {
  const listed = (await call('GET', 'faults')).body as { fault: string; reason: string }[]
  expect(listed.map(({ fault }) => fault)).toEqual(faultNames)
  expect(listed).toContainEqual({ fault: 'throttled_in_200', reason: 'throttled' })

  const added = await call('POST', 'injections', { fault: 'throttled_in_200', roomId: 'Room1' })
  expect(await askRoom('Room1')).toMatchObject({ status: 200, error: 'RequestLimitExceeded' })
  expect((await askRoom('Room2')).error).toBeUndefined()
  expect((await call('GET', 'injections')).body).toEqual([
    { ...(added.body as object), fault: 'throttled_in_200', roomId: 'Room1' },
  ])
  const { id } = added.body as { id: number }
  expect((await call('DELETE', `injections?id=${String(id)}`)).body).toEqual([])
  expect((await askRoom('Room1')).error).toBeUndefined()
})

test('arrivals are read back, filtered, summed up and forgotten; control requests are none', async () => {
  await askRoom('Room1')
  await askRoom('Room2')
  const [first] = simulator.arrivals.list()
  const listed = await call('GET', 'arrivals')
  expect(listed.body).toEqual({
    nowMs: expect.any(Number) as unknown,
    arrivals: simulator.arrivals.list(),
  })
  const later = await call('GET', `arrivals?afterMs=${String(first?.atMs)}`)
  expect(later.body).toMatchObject({ arrivals: [{ roomId: 'Room2', verdict: 'ok' }] })
  expect((await call('GET', 'summary')).body).toMatchObject({ arrivals: 2, verdicts: { ok: 2 } })
  expect((await call('GET', 'summary?accessKeyId=X')).body).toMatchObject({ arrivals: 0 })
  expect((await call('DELETE', 'arrivals')).body).toMatchObject({ arrivals: 0 })
  expect(simulator.arrivals.list()).toEqual([])
})

test.each([
  ['PATCH', 'settings', { qps: 0 }, 'qps'],
  ['PATCH', 'settings', { speed: 1 }, 'speed'],
  ['PUT', 'rooms', { appId, state: { users: 1, invisibleUsers: 2 } }, 'more invisible users'],
  ['PUT', 'rooms', { appId }, 'state'],
  ['POST', 'injections', { fault: 'rain' }, 'no such fault'],
  ['POST', 'injections', { fault: 'reset', probability: 2 }, 'probability'],
] as const)('%s %s with %j says what is wrong', async (method, path, body, word) => {
  const answer = await call(method, path, body)
  expect(answer.status).toBe(400)
  expect((answer.body as { error: string }).error).toContain(word)
})

test('an unknown path and a wrong method say what there is', async () => {
  expect(await call('GET', 'nothing')).toMatchObject({ status: 404 })
  const wrong = await call('POST', 'rooms', {})
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('allow')).toBe('GET, PUT')
  const garbage = await fetch(`${simulator.url}/simulator/rooms`, { method: 'PUT', body: '{' })
  expect(garbage.status).toBe(400)
})
