import { expect, test } from '@jest/globals'
import { room, roomList } from '../support/rooms.ts'
import { failed, openSite, present } from './site.ts'

const named = (roomId: string, given = {}) => room({ roomId, ...given })

async function sixRooms() {
  const site = await openSite([
    named('occupied'),
    named('empty', { minUsers: 1 }),
    named('missing'),
    named('failing', { labels: { team: 'Math' } }),
    named('stale', { appId: 'other-app' }),
    named('pending'),
  ])
  site.poll(4, present(2))
  site.poll(4, failed('timeout'))
  await site.clock.pass(91_000)
  site.poll(0, present(7, 2))
  site.poll(1, present(0))
  site.poll(2, { kind: 'absent' })
  site.poll(3, present(3))
  site.poll(3, failed('server'))
  await site.clock.pass(2000)
  return site
}

const idsOf = (body: unknown) =>
  (body as { rooms: { room_id: string }[] }).rooms.map(({ room_id }) => room_id)

test('every room is in one state, those in trouble come first', async () => {
  const site = await sixRooms()
  const { body } = await site.json('/api/v1/rooms')
  expect(body).toMatchObject({
    total: 6,
    matching: 6,
    limit: 100,
    offset: 0,
    states: { stale: 1, failing: 1, pending: 1, missing: 1, empty: 1, occupied: 1 },
    below_min_users: 1,
  })
  expect(idsOf(body)).toEqual(['stale', 'failing', 'empty', 'pending', 'missing', 'occupied'])
})

test('a room says all that is known about it, in base units', async () => {
  const site = await sixRooms()
  const { body } = await site.json('/api/v1/rooms?state=occupied')
  const nowSeconds = site.clock.now() / 1000
  expect(body).toMatchObject({
    rooms: [
      {
        app_id: '0123456789abcdef01234567',
        room_id: 'occupied',
        account: 'default',
        labels: {},
        state: 'occupied',
        exists: true,
        users: 7,
        invisible_users: 2,
        min_users: null,
        is_below_min_users: false,
        last_poll_succeeded: true,
        last_success_timestamp_seconds: nowSeconds - 2,
        age_seconds: 2,
        max_age_seconds: 90,
        interval_seconds: 30,
        next_poll_in_seconds: 0,
        failing_since_timestamp_seconds: null,
        last_failure: null,
      },
    ],
  })
})

test('a withdrawn value is null, not zero', async () => {
  const site = await sixRooms()
  const { body } = await site.json('/api/v1/rooms?state=stale')
  expect(body).toMatchObject({
    rooms: [
      {
        users: null,
        invisible_users: null,
        exists: null,
        age_seconds: 93,
        last_poll_succeeded: false,
        last_failure: { reason: 'timeout', detail: 'what came back' },
      },
    ],
  })
  const pending = await site.json('/api/v1/rooms?state=pending')
  expect(pending.body).toMatchObject({
    rooms: [{ age_seconds: null, last_success_timestamp_seconds: null, last_poll_succeeded: null }],
  })
})

test.each([
  ['q=MATH', ['failing']],
  ['q=team%3Dmath', ['failing']],
  ['q=other', ['stale']],
  ['app_id=other-app', ['stale']],
  ['below_min_users=true', ['empty']],
  ['q=in&state=failing', ['failing']],
  ['q=nowhere', []],
])('?%s finds %j', async (parameters, found) => {
  const site = await sixRooms()
  const { body } = await site.json(`/api/v1/rooms?${parameters}`)
  expect(idsOf(body)).toEqual(found)
  expect(body).toMatchObject({ total: 6, matching: found.length })
})

test.each([
  ['sort=users', ['empty', 'missing', 'failing', 'occupied', 'stale', 'pending']],
  ['sort=users&order=desc', ['occupied', 'failing', 'empty', 'missing', 'stale', 'pending']],
  ['sort=room_id', ['empty', 'failing', 'missing', 'occupied', 'pending', 'stale']],
  ['sort=room_id&order=desc', ['stale', 'pending', 'occupied', 'missing', 'failing', 'empty']],
  ['sort=age&order=desc', ['stale', 'occupied', 'empty', 'missing', 'failing', 'pending']],
  ['sort=min_users', ['empty', 'occupied', 'missing', 'failing', 'stale', 'pending']],
  ['sort=last_failure', ['failing', 'stale', 'occupied', 'empty', 'missing', 'pending']],
  ['sort=room_id&limit=2&offset=4', ['pending', 'stale']],
  ['offset=6', []],
])('?%s gives %j', async (parameters, order) => {
  const site = await sixRooms()
  expect(idsOf((await site.json(`/api/v1/rooms?${parameters}`)).body)).toEqual(order)
})

test('numbers in ids sort as numbers', async () => {
  const site = await openSite(roomList(12))
  const { body } = await site.json('/api/v1/rooms?sort=room_id&limit=3&offset=9')
  expect(idsOf(body)).toEqual(['Room9', 'Room10', 'Room11'])
})

test('a parameter that is not understood is refused with what is wanted', async () => {
  const site = await openSite(roomList(1))
  expect(await site.json('/api/v1/rooms?limit=1001&order=up')).toEqual({
    status: 400,
    body: {
      error:
        'order is "up", want one of asc, desc; limit is "1001", want a whole number, 1 to 1000',
    },
  })
})

test('one room comes with its recent polls and why it is polled when it is', async () => {
  const site = await openSite([room()])
  site.poll(0, failed('server', 'InternalError (HTTP 500)'), 'first')
  await site.clock.pass(1000)
  site.poll(0, present(3, 1), 'second')
  const { body } = await site.json('/api/v1/rooms/0123456789abcdef01234567/Room1')
  const now = site.clock.now() / 1000
  expect(body).toMatchObject({
    room_id: 'Room1',
    state: 'occupied',
    schedule: { because: 'never polled', target_interval_seconds: 30 },
    recent_polls: [
      {
        timestamp_seconds: now,
        duration_seconds: 0.05,
        attempts: 1,
        request_id: 'second',
        outcome: 'present',
        users: 3,
        invisible_users: 1,
      },
      {
        timestamp_seconds: now - 1,
        request_id: 'first',
        outcome: 'failed',
        reason: 'server',
        detail: 'InternalError (HTTP 500)',
      },
    ],
  })
})

test('the status tells the verdict, the sweep, the budget and the last minutes', async () => {
  const sample = {
    endMs: 1000,
    spanMs: 10_000,
    requests: 120,
    failures: { timeout: 2 },
    budgetQps: 40,
    demandQps: 12,
    sweepMs: 1500,
    oldestAgeMs: undefined,
  }
  const site = await openSite(roomList(3), {
    samples: [sample],
    firstSweep: { polled: 1, rooms: 3, leftMs: 2000 },
    accounts: [
      { account: 'default', budgetQps: 20, demandQps: 12, inFlight: 2, isCircuitOpen: true },
    ],
  })
  expect((await site.json('/api/v1/status')).body).toEqual({
    version: '1.2.3',
    shard: { index: 0, count: 1 },
    verdict: {
      level: 'bad',
      text: 'the API refuses the keys of account default',
      also: ['first sweep: 1 of 3 rooms, about 2 s to go'],
    },
    rooms: {
      total: 3,
      states: { stale: 0, failing: 0, pending: 3, missing: 0, empty: 0, occupied: 0 },
      below_min_users: 0,
    },
    accounts: [
      {
        account: 'default',
        budget_requests_per_second: 20,
        demand_requests_per_second: 12,
        requests_in_flight: 2,
        is_circuit_open: true,
      },
    ],
    sweep: {
      last_duration_seconds: 1.5,
      planned_duration_seconds: 1.5,
      first: { polled: 1, rooms: 3, left_seconds: 2 },
    },
    age: { oldest_seconds: 4, predicted_seconds: 30 },
    config: {
      last_reload_succeeded: true,
      last_success_timestamp_seconds: site.clock.now() / 1000 - 60,
      problems: [],
    },
    trends: [
      {
        timestamp_seconds: 1,
        span_seconds: 10,
        requests: 120,
        failures: { timeout: 2 },
        budget_requests_per_second: 40,
        demand_requests_per_second: 12,
        sweep_seconds: 1.5,
        oldest_age_seconds: null,
      },
    ],
  })
})

test.each([
  'Room1',
  '..hidden',
  'with space',
  'a/b',
  '%2F',
  '?q=1#x',
  `"'<script>alert(1)</script>`,
  'tab\tline\nnul\u0000',
  '\u202egnp.exe',
  '教室 🎓',
  'x'.repeat(128),
])('a room with the id %j is found under its escaped path', async (roomId) => {
  const site = await openSite([room({ roomId, appId: 'app/1' }), room()])
  const path = `${encodeURIComponent('app/1')}/${encodeURIComponent(roomId)}`
  const { status, body } = await site.json(`/api/v1/rooms/${path}`)
  expect([status, body]).toMatchObject([200, { app_id: 'app/1', room_id: roomId }])
  expect((await site.get(`/rooms/${path}`)).status).toBe(200)
})

test('an unknown room is 404, a malformed path 400, and neither breaks anything', async () => {
  const site = await openSite(roomList(1))
  expect(await site.json('/api/v1/rooms/app/Room0')).toEqual({
    status: 404,
    body: { error: 'no such room is watched' },
  })
  expect((await site.get('/rooms/app/Room0')).status).toBe(404)
  expect((await site.get('/rooms/%E0%A4%A/x')).status).toBe(400)
  expect((await site.get('/rooms/only-app')).status).toBe(404)
  expect(site.errors).toEqual([])
})
