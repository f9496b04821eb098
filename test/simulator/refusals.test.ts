import { expect, test } from '@jest/globals'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import { ask, parametersFor } from './ask.ts'
import type { Asked } from './ask.ts'
import { good, now, room, start, sts } from './start.ts'

const refused: readonly (readonly [string, Asked, string, number])[] = [
  [
    'a wrong secret',
    { credentials: { ...simulatorAccount, secretAccessKey: 'x' } },
    'SignatureDoesNotMatch',
    401,
  ],
  [
    'an unknown key',
    { credentials: { ...simulatorAccount, accessKeyId: 'x' } },
    'InvalidAccessKey',
    401,
  ],
  [
    'no authorization',
    { headers: { authorization: undefined } },
    'MissingAuthenticationToken',
    401,
  ],
  ['another scheme', { headers: { authorization: 'Basic eDp5' } }, 'InvalidAuthorization', 400],
  ['no X-Date', { headers: { 'x-date': undefined } }, 'MissingRequestInfo', 400],
  ['an X-Date that is none', { headers: { 'x-date': '2026-11-22' } }, 'InvalidTimestamp', 403],
  ['a date too old', { date: new Date(now - 901_000) }, 'InvalidTimestamp', 403],
  ['a date too new', { date: new Date(now + 901_000) }, 'InvalidTimestamp', 403],
  ['another region', { region: 'ap-southeast-1' }, 'InvalidCredential', 400],
  ['another service', { service: 'vod' }, 'ServiceNotFound', 404],
  ['a session token that is not asked for', { credentials: sts }, 'InvalidSecretToken', 401],
  ['another body hash', { headers: { 'x-content-sha256': 'e3' } }, 'SignatureDoesNotMatch', 401],
  ['another Host', { headers: { host: 'rtc.example' } }, 'SignatureDoesNotMatch', 401],
  [
    'a query changed after signing',
    { target: (query) => `/?${query}1` },
    'SignatureDoesNotMatch',
    401,
  ],
  ['another path', { target: (query) => `/api?${query}` }, 'ServiceNotFound', 404],
  ['another method', { method: 'POST' }, 'MethodNotAllowed', 405],
]

test.each(refused)('%s is refused', async (_, change, code, status) => {
  const { url, arrivals } = await start()
  const heard = await ask(url, { ...good, ...change })
  expect(heard).toMatchObject({ status, error: code })
  expect(arrivals.list().map((arrival) => arrival.verdict)).toEqual([code])
})

const { Action, Version, AppId, RoomId } = parametersFor(room)
const misasked: readonly (readonly [string, Record<string, string>, string])[] = [
  ['no Action', { Version, AppId, RoomId }, 'MissingParameter'],
  ['another Action', { Action: 'GetRooms', Version, AppId, RoomId }, 'InvalidActionOrVersion'],
  ['another Version', { Action, Version: '2020-12-01', AppId, RoomId }, 'InvalidActionOrVersion'],
  ['no RoomId', { Action, Version, AppId }, 'MissingParameter'],
  ['an empty RoomId', { Action, Version, AppId, RoomId: '' }, 'InvalidParameter.IllegalRoomID'],
  [
    'a RoomId that is too long',
    { Action, Version, AppId, RoomId: 'r'.repeat(129) },
    'InvalidParameter.IllegalRoomID',
  ],
  [
    'an unknown AppId',
    { Action, Version, AppId: '9'.repeat(24), RoomId },
    'InvalidParameter.NotExistAppId',
  ],
  [
    'an AppId that can be none',
    { Action, Version, AppId: 'app', RoomId },
    'InvalidParameter.IllegalAppId',
  ],
  [
    'a parameter too many',
    { Action, Version, AppId, RoomId, Property: 'true' },
    'InvalidParameter',
  ],
]

test.each(misasked)('%s is refused', async (_, parameters, code) => {
  const { url } = await start()
  expect((await ask(url, { ...good, parameters })).error).toBe(code)
})

test('a date within 900 s is taken, and a session token that belongs to the account', async () => {
  const { url } = await start({ accounts: [sts] })
  const date = new Date(now - 899_000)
  expect((await ask(url, { ...good, date, credentials: sts })).error).toBeUndefined()
  expect((await ask(url, good)).error).toBe('InvalidSecretToken')
})

test('no answer holds a secret', async () => {
  const { url } = await start({ accounts: [sts] })
  const asked = [good, ...refused.map(([, change]) => ({ ...good, credentials: sts, ...change }))]
  const texts = await Promise.all(asked.map(async (each) => (await ask(url, each)).text))
  const seen = [...texts, await (await fetch(`${url}/simulator/settings`)).text()].join('\n')
  expect(seen).not.toContain(sts.secretAccessKey)
  expect(seen).not.toContain(sts.sessionToken)
})
