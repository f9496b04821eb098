import { once } from 'node:events'
import { gunzipSync } from 'node:zlib'
import { buffer } from 'node:stream/consumers'
import { afterEach, expect, test } from '@jest/globals'
import { acceptsGzip } from '../../src/exposition/handler.ts'
import { createRoomList, plainText, polled, room, withoutPadding } from './room-list.ts'
import type { MetricsServer } from './server.ts'
import { fetchBytes, serveMetrics } from './server.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

function manyRooms(count: number) {
  const list = createRoomList()
  const appId = '661e0000000000000000543c'
  for (let slot = 0; slot < count; slot++) {
    list.set(slot, polled(room(appId, `Room${String(slot)}`), slot % 40))
  }
  return list
}

/** Enough that the connection cannot take it all while nobody reads. */
const tooMuch = 25_000

async function serve(...parameters: Parameters<typeof serveMetrics>): Promise<MetricsServer> {
  const server = await serveMetrics(...parameters)
  closers.push(server.close)
  return server
}

async function until(holds: () => boolean) {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

test('the answer names its type, length and encoding', async () => {
  const server = await serve(manyRooms(300).source)
  const plain = await server.open()
  const text = await buffer(plain)
  expect(plain.headers).toMatchObject({
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    'content-length': String(text.length),
    vary: 'Accept-Encoding',
  })
  const gzip = await server.open('/metrics', { headers: { 'accept-encoding': 'gzip' } })
  const bytes = await buffer(gzip)
  expect(gzip.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-length': String(bytes.length),
  })
  expect(gunzipSync(bytes).equals(text)).toBe(true)
})

test('HEAD answers as GET does, without the body', async () => {
  const server = await serve(manyRooms(300).source)
  const head = await server.open('/metrics', { method: 'HEAD' })
  expect(await buffer(head)).toHaveLength(0)
  const { length } = await fetchBytes(server)
  expect(head.headers['content-length']).toBe(String(length))
  await until(() => server.released.length === 2)
})

test.each([
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['deflate, gzip;q=1.0, *;q=0.5', true],
  ['GZIP', true],
  ['*', true],
  ['gzip;q=0', false],
  ['gzip; q=0.000, *', false],
  ['identity', false],
  ['gzip;q=0.2, identity', false],
  ['br, zstd', false],
  ['gzip;q=nonsense', false],
])('Accept-Encoding %j: gzip %j', (header, expected) => {
  expect(acceptsGzip(header)).toBe(expected)
})

test('a client that stops reading gets a whole text of one moment when it reads on', async () => {
  const list = manyRooms(tooMuch)
  const server = await serve(list.source)
  const slow = await server.open()
  const expected = plainText(list.slots)
  for (let round = 1; round <= 3; round++) {
    for (let slot = 0; slot < tooMuch; slot += 100) {
      const { room: same } = list.slots[slot] ?? {}
      if (same) list.set(slot, polled(same, 1000 * round + slot))
    }
    expect(gunzipSync(await fetchBytes(server, 'gzip')).length).toBeGreaterThan(expected.length)
  }
  expect(server.released).toHaveLength(3)
  expect(withoutPadding((await buffer(slow)).toString())).toBe(expected)
  expect(withoutPadding((await fetchBytes(server)).toString())).toBe(plainText(list.slots))
}, 60_000)

test('a client that vanishes half-way gives its body back', async () => {
  const server = await serve(manyRooms(tooMuch).source)
  const answer = await server.open()
  answer.on('error', () => undefined)
  await once(answer, 'readable')
  expect(server.released).toHaveLength(0)
  answer.destroy()
  await until(() => server.released.length === 1)
}, 30_000)

test('a client that does not read is cut off at the deadline', async () => {
  const server = await serve(manyRooms(tooMuch).source, { deadlineMs: 50 })
  const answer = await server.open()
  answer.on('error', () => undefined)
  await until(() => server.released.length === 1)
  await expect(buffer(answer)).rejects.toThrow('aborted')
}, 30_000)

test('scrapes over the cap are turned away at once, and let in again afterwards', async () => {
  const server = await serve(manyRooms(tooMuch).source, { maxInFlight: 2 })
  const reading = [await server.open(), await server.open()]
  const refused = await server.open()
  expect(refused.statusCode).toBe(503)
  expect(refused.headers['retry-after']).toBe('1')
  refused.resume()
  await Promise.all(reading.map((answer) => buffer(answer)))
  await until(() => server.released.length === 2)
  const answer = await server.open()
  expect(answer.statusCode).toBe(200)
  await buffer(answer)
}, 30_000)
