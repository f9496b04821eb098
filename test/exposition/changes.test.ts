import { spawnSync } from 'node:child_process'
import { gunzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Body } from '../../src/exposition/scrape.ts'
import { createScrape } from '../../src/exposition/scrape.ts'
import type { Shown } from './room-list.ts'
import { createRoomList, plainText, room, withoutPadding } from './room-list.ts'

const number = fc.oneof(
  { arbitrary: fc.nat(120), weight: 4 },
  fc.constantFrom(-1, 0, 999, 1000, 123_456, 2 ** 31, Number.MAX_SAFE_INTEGER),
)
const flag = fc.constantFrom(-1, 0, 1)
const id = fc.oneof(
  { arbitrary: fc.nat(3000).map((index) => `Room${String(index)}`), weight: 6 },
  { arbitrary: fc.uuid(), weight: 3 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 12 }), weight: 3 },
  { arbitrary: fc.string({ minLength: 300, maxLength: 700 }), weight: 1 },
)
const labels = fc.dictionary(fc.constantFrom('team', 'x'), id, { minKeys: 1 })
const anyRoom = fc
  .record(
    { appId: id, roomId: id, labels, minUsers: fc.nat(9) },
    { requiredKeys: ['appId', 'roomId'] },
  )
  .map(({ appId, roomId, ...more }) => room(appId, roomId, more))
const shown: fc.Arbitrary<Shown> = fc.record({
  room: fc.option(anyRoom, { nil: undefined, freq: 8 }),
  users: number,
  invisibleUsers: number,
  exists: flag,
  pollSuccess: flag,
  lastSuccessMs: fc.constantFrom(
    0,
    1,
    999,
    1_795_380_000_000,
    1_795_380_012_345,
    99_999_999_999_999,
  ),
})
/** More than one chunk. */
const slots = 600
const change = fc.tuple(fc.nat(slots - 1), shown)

const bytesOf = (body: Body) => Buffer.concat(body.parts)

test('after any changes the text is what rendering everything anew gives, compressed too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { maxLength: 40 }), { minLength: 1, maxLength: 4 }),
      fc.array(shown, { maxLength: 20 }),
      async (rounds, first) => {
        const list = createRoomList()
        const free = { users: 0, invisibleUsers: 0, exists: 0, pollSuccess: 0, lastSuccessMs: 0 }
        for (let slot = 0; slot < slots; slot++) {
          list.set(slot, first[slot % 41] ?? { room: undefined, ...free })
        }
        const scrape = createScrape({
          rooms: list.source,
          ownMetrics: () => Promise.resolve('# é\n'),
        })
        for (const round of rounds) {
          for (const [slot, value] of round) list.set(slot, value)
          const gzip = await scrape.render({ gzip: true })
          const identity = await scrape.render({ gzip: false })
          const text = bytesOf(identity)
          expect(identity.length).toBe(text.length)
          expect(gzip.length).toBe(bytesOf(gzip).length)
          expect(gunzipSync(bytesOf(gzip)).equals(text)).toBe(true)
          expect(withoutPadding(text.toString())).toBe(
            Buffer.from(plainText(list.slots)).toString(),
          )
          gzip.release()
          identity.release()
        }
      },
    ),
    { numRuns: 15 },
  )
}, 120_000)

test('only values change: the compressed text is patched where it stands, and stays right', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(599), fc.nat(999), fc.nat(99_999_999)), { maxLength: 200 }),
      async (polls) => {
        const list = createRoomList()
        const value = {
          users: 1,
          invisibleUsers: 1,
          exists: 1,
          pollSuccess: 1,
          lastSuccessMs: 1e12,
        }
        for (let slot = 0; slot < 600; slot++) {
          list.set(slot, { room: room('661e0000000000000000543c', `R${String(slot)}`), ...value })
        }
        const scrape = createScrape({ rooms: list.source, ownMetrics: () => Promise.resolve('') })
        const before = await scrape.render({ gzip: true })
        before.release()
        for (const [slot, users, laterMs] of polls) {
          const { room: same } = list.slots[slot] ?? { room: undefined }
          list.set(slot, { ...value, room: same, users, lastSuccessMs: 1e12 + laterMs })
        }
        const after = await scrape.render({ gzip: true })
        expect(after.length).toBe(before.length)
        const text = gunzipSync(bytesOf(after)).toString()
        expect(withoutPadding(text)).toBe(plainText(list.slots))
      },
    ),
    { numRuns: 20 },
  )
}, 120_000)

test('a set that changes nothing touches no byte, even while a body is lent', async () => {
  const list = createRoomList()
  const value = { users: 1, invisibleUsers: 1, exists: 1, pollSuccess: 1, lastSuccessMs: 0 }
  for (let slot = 0; slot < 600; slot++) list.set(slot, { room: room('a', String(slot)), ...value })
  const scrape = createScrape({ rooms: list.source, ownMetrics: () => Promise.resolve('') })
  const before = await scrape.render({ gzip: false })
  list.touch(0, 300, 599)
  const again = await scrape.render({ gzip: false })
  expect(again.parts.every((part, index) => part === before.parts[index])).toBe(true)
})

test('a lent body stays as it was while lines are patched, added and removed', async () => {
  const list = createRoomList()
  const value = { users: 1, invisibleUsers: 1, exists: 1, pollSuccess: 1, lastSuccessMs: 1e12 }
  for (let slot = 0; slot < 600; slot++) list.set(slot, { room: room('a', String(slot)), ...value })
  const scrape = createScrape({ rooms: list.source, ownMetrics: () => Promise.resolve('') })
  const lent: { body: Body; expected: string; gzip: boolean }[] = []
  for (let round = 0; round < 6; round++) {
    for (let slot = round; slot < 600; slot += 7) {
      const isGone = round === 3 && slot > 300
      const same = isGone ? undefined : room('a', String(slot))
      list.set(slot, { ...value, room: same, users: round + slot })
    }
    const gzip = round % 2 === 0
    const body = await scrape.render({ gzip })
    lent.push({ body, gzip, expected: plainText(list.slots) })
    if (round === 2) lent[0]?.body.release()
  }
  for (const { body, expected, gzip } of lent.slice(1)) {
    const text = gzip ? gunzipSync(bytesOf(body)) : bytesOf(body)
    expect(withoutPadding(text.toString())).toBe(expected)
  }
})

test('scrapes that come together share one rendering and get the same text', async () => {
  const list = createRoomList()
  const value = { users: 1, invisibleUsers: 1, exists: 1, pollSuccess: 1, lastSuccessMs: 1e12 }
  for (let slot = 0; slot < 300; slot++) list.set(slot, { room: room('a', String(slot)), ...value })
  let drained = 0
  const rooms = {
    ...list.source,
    drainChanged(visit: (slot: number) => void) {
      drained++
      list.source.drainChanged(visit)
    },
  }
  const scrape = createScrape({ rooms, ownMetrics: () => Promise.resolve('') })
  const bodies = await Promise.all(
    [false, true, false, true].map((gzip) => scrape.render({ gzip })),
  )
  expect(drained).toBe(1)
  const texts = bodies.map((body, index) =>
    index % 2 === 0 ? bytesOf(body) : gunzipSync(bytesOf(body)),
  )
  expect(new Set(texts.map(String)).size).toBe(1)
})

test('a scrape that comes while another is at work shows what was true when it came', async () => {
  const list = createRoomList()
  const value = { users: 1, invisibleUsers: 1, exists: 1, pollSuccess: 1, lastSuccessMs: 1e12 }
  for (let slot = 0; slot < 300; slot++) list.set(slot, { room: room('a', String(slot)), ...value })
  let meanwhile: () => void = () => undefined
  const rooms = {
    ...list.source,
    drainChanged(visit: (slot: number) => void) {
      list.source.drainChanged(visit)
      meanwhile()
    },
  }
  let own = 'reloads 0\n'
  const scrape = createScrape({ rooms, ownMetrics: () => Promise.resolve(own) })
  await scrape.render({ gzip: false })
  const later: Promise<Body>[] = []
  meanwhile = () => {
    if (later.length > 0) return
    list.set(0, { ...value, room: room('a', '0'), users: 77 })
    own = 'reloads 1\n'
    later.push(scrape.render({ gzip: false }))
  }
  await scrape.render({ gzip: false })
  const [late] = await Promise.all(later)
  const text = late === undefined ? '' : bytesOf(late).toString()
  expect(withoutPadding(text)).toBe(`reloads 1\n${plainText(list.slots)}`)
})

test('lines longer than a repetition may reach back are compressed all the same', async () => {
  const list = createRoomList()
  const value = { users: 1, invisibleUsers: 1, exists: 1, pollSuccess: 1, lastSuccessMs: 1e12 }
  for (const [slot, length] of [40_000, 40_000, 16_000, 17_000, 16_000].entries()) {
    list.set(slot, { room: room('a', `${'x'.repeat(length)}${String(slot)}`), ...value })
  }
  const scrape = createScrape({ rooms: list.source, ownMetrics: () => Promise.resolve('') })
  const gzip = await scrape.render({ gzip: true })
  expect(withoutPadding(gunzipSync(bytesOf(gzip)).toString())).toBe(plainText(list.slots))
})

test('zcat reads the compressed text: one member, right checksum', async () => {
  const list = createRoomList()
  const value = { users: 1, invisibleUsers: 1, exists: 1, pollSuccess: 1, lastSuccessMs: 1e12 }
  for (let slot = 0; slot < 600; slot++) list.set(slot, { room: room('a', String(slot)), ...value })
  const scrape = createScrape({ rooms: list.source, ownMetrics: () => Promise.resolve('own 1\n') })
  const gzip = await scrape.render({ gzip: true })
  const zcat = spawnSync('zcat', { input: bytesOf(gzip), maxBuffer: 1 << 26 })
  expect(zcat.status).toBe(0)
  expect(zcat.stdout.equals(bytesOf(await scrape.render({ gzip: false })))).toBe(true)
})
