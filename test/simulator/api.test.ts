import { expect, test } from '@jest/globals'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import { ask, parametersFor } from './ask.ts'
import { good, now, room, start } from './start.ts'

test('a room that exists is answered with its counts and the ids of its users', async () => {
  const { url } = await start()
  const heard = await ask(url, good)
  expect(heard.status).toBe(200)
  expect(heard.headers.date).toBe('Sun, 22 Nov 2026 08:15:30 GMT')
  expect(JSON.parse(heard.text)).toEqual({
    ResponseMetadata: {
      RequestId: expect.stringMatching(/^20261122081530[0-9A-F]{12}$/) as unknown,
      Action: 'GetRoomOnlineUsers',
      Version: '2023-11-01',
      Service: 'rtc',
      Region: 'cn-north-1',
    },
    Result: {
      TotalUser: 6,
      TotalInvisibleUser: 3,
      VisibleUserList: [0, 1, 2].map(userId),
      InvisibleUserList: [3, 4, 5].map(userId),
      RoomExists: true,
    },
  })
})

const userId = (nth: number): unknown =>
  expect.stringMatching(new RegExp(`^user-.*-${String(nth)}$`))

test('a room that does not exist is answered with nothing else', async () => {
  const { url } = await start()
  const parameters = parametersFor({ appId: room.appId, roomId: 'nobody named it' })
  expect((await ask(url, { ...good, parameters })).result).toEqual({ RoomExists: false })
})

test('lists of user ids end at the documented ceiling, the counts do not', async () => {
  const simulator = await start()
  simulator.rooms.hold(room, { exists: true, users: 30_000, invisibleUsers: 15_000 })
  const { result } = await ask(simulator.url, good)
  const { VisibleUserList, ...rest } = result as Record<string, string[]>
  expect(VisibleUserList).toHaveLength(10_000)
  expect(new Set(VisibleUserList).size).toBe(10_000)
  expect(rest).toMatchObject({ TotalUser: 30_000, TotalInvisibleUser: 15_000 })
})

test.each(['a b+c/d%', '会议室一号', "it's (*)!~", '{a,"b":1}\n', '🎹'])(
  'a room called %j is found',
  async (roomId) => {
    const simulator = await start()
    const odd = { appId: room.appId, roomId }
    simulator.rooms.hold(odd, { exists: true, users: 7, invisibleUsers: 0 })
    const { result } = await ask(simulator.url, { ...good, parameters: parametersFor(odd) })
    expect(result).toMatchObject({ TotalUser: 7 })
  },
)

test('arrivals over the limit of a sliding second are refused, and count, for their account alone', async () => {
  let monotonicMs = 0
  const other = { accessKeyId: 'OTHER', secretAccessKey: 'other' }
  const { url, arrivals } = await start({
    qps: 2,
    accounts: [simulatorAccount, other],
    clock: { now: () => now, monotonic: () => monotonicMs },
  })
  const errors: (string | undefined)[] = []
  for (monotonicMs of [0, 500, 999, 1499, 2500]) errors.push((await ask(url, good)).error)
  expect((await ask(url, { ...good, credentials: other })).error).toBeUndefined()
  expect(errors).toEqual([
    undefined,
    undefined,
    'RequestLimitExceeded',
    'RequestLimitExceeded',
    undefined,
  ])
  expect(arrivals.summary({ accessKeyId: simulatorAccount.accessKeyId })).toMatchObject({
    arrivals: 5,
    mostInAnySecond: 3,
    verdicts: { ok: 3, RequestLimitExceeded: 2 },
  })
})

test('what other programs use of the account is not there for us', async () => {
  const { url, change } = await start({ qps: 3, otherRequestsPerSecond: 2 })
  change({ qps: 3 })
  expect((await ask(url, good)).error).toBeUndefined()
  expect(await ask(url, good)).toMatchObject({ status: 429, error: 'RequestLimitExceeded' })
})

test('a clock that is ahead shows in the Date header and refuses our dates', async () => {
  const { url } = await start({ clockOffsetMs: 3_600_000 })
  const heard = await ask(url, good)
  expect(heard.error).toBe('InvalidTimestamp')
  expect(heard.headers.date).toBe('Sun, 22 Nov 2026 09:15:30 GMT')
})

test('closing ends requests that wait for their answer', async () => {
  const simulator = await start({ latencyMs: [600_000, 600_000] })
  const pending = expect(ask(simulator.url, good)).rejects.toMatchObject({ code: 'ECONNRESET' })
  while (simulator.arrivals.list().length === 0) await new Promise(setImmediate)
  await simulator.close()
  await pending
})
