import { spawnSync } from 'node:child_process'
import { afterEach, expect, test } from '@jest/globals'
import type { RoomSource } from '../../src/exposition/families.ts'
import { createRoomList, plainText, polled, room, withoutPadding } from './room-list.ts'
import type { MetricsServer } from './server.ts'
import { fetchBytes, serveMetrics } from './server.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function serve(rooms: RoomSource, ownMetrics?: (names?: ReadonlySet<string>) => string) {
  const own = ownMetrics ?? (() => '')
  const server = await serveMetrics(rooms, { ownMetrics: (names) => Promise.resolve(own(names)) })
  closers.push(server.close)
  return server
}

const textOf = async (server: MetricsServer, path?: string) =>
  (await fetchBytes(server, 'identity', path)).toString()

test('a room shows its five values, its labels and its minimum', async () => {
  const list = createRoomList()
  list.set(0, polled(room('a1', 'r1', { labels: { team: 'math' }, minUsers: 0 }), 17))
  expect(withoutPadding(await textOf(await serve(list.source)))).toBe(
    [
      'rtc_room_users_total{app_id="a1",room_id="r1"} 17',
      'rtc_room_invisible_users{app_id="a1",room_id="r1"} 1',
      'rtc_room_exists{app_id="a1",room_id="r1"} 1',
      'rtc_room_poll_success{app_id="a1",room_id="r1"} 1',
      'rtc_room_last_success_timestamp_seconds{app_id="a1",room_id="r1"} 1795380000.123',
      'rtc_room_info{app_id="a1",room_id="r1",team="math"} 1',
      'rtc_room_min_users{app_id="a1",room_id="r1"} 0',
      '',
    ].join('\n'),
  )
})

test('a room that was not polled yet shows nothing but that it never succeeded', async () => {
  const list = createRoomList()
  const none = { users: -1, invisibleUsers: -1, exists: -1, pollSuccess: -1, lastSuccessMs: 0 }
  list.set(0, { room: room('a', 'r'), ...none })
  expect(withoutPadding(await textOf(await serve(list.source)))).toBe(
    'rtc_room_last_success_timestamp_seconds{app_id="a",room_id="r"} 0\n',
  )
})

test('withdrawn values leave the text, and a room that left takes all its lines along', async () => {
  const list = createRoomList()
  const [one, other] = [polled(room('a', 'one')), polled(room('a', 'other'))]
  list.set(0, one)
  list.set(1, other)
  const server = await serve(list.source)
  expect(await textOf(server)).toContain('rtc_room_users_total{app_id="a",room_id="one"}')
  list.set(0, { ...one, users: -1, invisibleUsers: -1, exists: -1, pollSuccess: 0 })
  list.set(1, { ...other, room: undefined })
  expect(withoutPadding(await textOf(server))).toBe(
    'rtc_room_poll_success{app_id="a",room_id="one"} 0\n' +
      'rtc_room_last_success_timestamp_seconds{app_id="a",room_id="one"} 1795380000.123\n',
  )
})

test('a slot that another room takes shows that room', async () => {
  const list = createRoomList()
  list.set(0, polled(room('a', 'before')))
  const server = await serve(list.source)
  await textOf(server)
  list.set(0, polled(room('a', 'after')))
  const text = await textOf(server)
  expect(text).not.toContain('before')
  expect(withoutPadding(text)).toBe(plainText(list.slots))
})

test('a room whose own labels or minimum were configured anew shows the new ones', async () => {
  const list = createRoomList()
  list.set(0, polled(room('a', 'r', { labels: { team: 'math' }, minUsers: 1 })))
  const server = await serve(list.source)
  await textOf(server)
  list.set(0, polled(room('a', 'r', { labels: { team: 'art' }, minUsers: 2 })))
  expect(withoutPadding(await textOf(server))).toBe(plainText(list.slots))
  expect(await textOf(server)).toContain('team="art"')
})

test('backslash, quote and line feed are escaped in labels, and nothing else', async () => {
  const list = createRoomList()
  const odd = 'a\\b"c\nd\te{f},g=é漢🙂\\n'
  list.set(0, polled(room(odd, odd, { labels: { team: odd } })))
  const escaped = 'a\\\\b\\"c\\nd\te{f},g=é漢🙂\\\\n'
  const text = await textOf(await serve(list.source))
  expect(text).toContain(`rtc_room_exists{app_id="${escaped}",room_id="${escaped}"} 1\n`)
  expect(text).toContain(`app_id="${escaped}",room_id="${escaped}",team="${escaped}"} 1\n`)
})

test('pairs that only look alike when joined have series of their own', async () => {
  const list = createRoomList()
  list.set(0, polled(room('a', 'x,room_id:y'), 1))
  list.set(1, polled(room('a,room_id:x', 'y'), 2))
  const text = withoutPadding(await textOf(await serve(list.source)))
  expect(text).toContain('rtc_room_users_total{app_id="a",room_id="x,room_id:y"} 1\n')
  expect(text).toContain('rtc_room_users_total{app_id="a,room_id:x",room_id="y"} 2\n')
})

test('every family is introduced once, and its lines follow without a gap', async () => {
  const list = createRoomList()
  for (let slot = 0; slot < 600; slot++) list.set(slot, polled(room('a', `r${String(slot)}`)))
  const text = await textOf(await serve(list.source))
  const introduced = [...text.matchAll(/^# (?:HELP|TYPE) (\w+)/gm)].map(([, name]) => name)
  expect(introduced).toHaveLength(14)
  expect(introduced.filter((name, index) => introduced[index - 1] === name)).toHaveLength(7)
  const families = [...text.matchAll(/^(?:# (?:HELP|TYPE) )?(\w+)/gm)].map(([, name]) => name)
  const runs = families.filter((name, index) => families[index - 1] !== name)
  expect(new Set(runs).size).toBe(runs.length)
})

test("the exporter's own metrics come along", async () => {
  const own = '# HELP own Own.\n# TYPE own gauge\nown 1\n'
  const server = await serve(createRoomList().source, () => own)
  expect(await textOf(server)).toMatch(/^# HELP own Own.\n# TYPE own gauge\nown 1\n# HELP rtc_room/)
})

test('name[] chooses families, of the rooms and of the exporter', async () => {
  const list = createRoomList()
  list.set(0, polled(room('a', 'r')))
  const server = await serve(list.source, (names) => [...(names ?? ['all'])].join('+') + '\n')
  const text = await textOf(server, '/metrics?name[]=rtc_room_exists&name%5B%5D=other')
  expect(text).toBe(
    'rtc_room_exists+other\n' +
      '# HELP rtc_room_exists Whether the room exists (1) or not (0).\n' +
      '# TYPE rtc_room_exists gauge\n' +
      'rtc_room_exists{app_id="a",room_id="r"} 1\n',
  )
  expect(await textOf(server, '/metrics?other=1')).toMatch(/^all\n/)
})

test('promtool finds fault with the given name rtc_room_users_total only', async () => {
  const list = createRoomList()
  list.set(0, polled(room('a', 'r "1"\\', { labels: { team: 'math' }, minUsers: 3 }), 12345))
  list.set(1, polled(room('a', 'r2'), 0))
  const input = await textOf(await serve(list.source))
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input })
  expect((stdout.toString() + stderr.toString()).trim().split('\n')).toEqual([
    'rtc_room_users_total non-counter metrics should not have "_total" suffix',
  ])
})
