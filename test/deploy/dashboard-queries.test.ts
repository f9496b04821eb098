import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { dashboardQueries, type VariableValues } from '../support/dashboard-queries.ts'

// promtool reads YAML, and JSON is YAML.

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dashboards-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const awkward = `it's "a\\b".c*d|e/f (g) 数`

/** Runs promtool over `content`; its words when it objects, `ok` when it does not. */
function promtool(command: 'check' | 'test', content: unknown): string {
  const file = join(folder, `${command}.json`)
  writeFileSync(file, JSON.stringify(content))
  try {
    execFileSync('promtool', [command, 'rules', file], { stdio: 'pipe' })
    return 'ok'
  } catch (error) {
    return String(error)
  }
}

interface Sample {
  readonly labels: string
  readonly value: number
}

/** What is wrong with `expected` (by query) after five minutes of unchanging `series`. */
function objections(series: Record<string, number>, expected: ReadonlyMap<string, Sample[]>) {
  return promtool('test', {
    evaluation_interval: '15s',
    tests: [
      {
        interval: '15s',
        input_series: Object.entries(series).map(([name, value]) => ({
          series: name,
          values: `${String(value)}x40`,
        })),
        promql_expr_test: [...expected].map(([expr, exp_samples]) => ({
          expr,
          eval_time: '5m',
          exp_samples,
        })),
      },
    ],
  })
}

function queryOf(panel: string, refId: string, values: VariableValues = {}): string {
  const wanted = dashboardQueries({ app_id: 'a', room_id: 'r', ...values }).find(
    (query) => query.panel === panel && query.refId === refId,
  )
  if (wanted === undefined) throw new Error(`no query "${refId}" of a panel "${panel}"`)
  return wanted.expr
}

function roomLabels(app: string, room: string, more = ''): string {
  return `{app_id=${JSON.stringify(app)},room_id=${JSON.stringify(room)}${more}}`
}

function replicaOf(app: string, room: string, replica = 'a', job = 'rtc-room-exporter'): string {
  return roomLabels(app, room, `,job="${job}",instance="${replica}"`)
}

test.each<[string, VariableValues]>([
  ['plain ids', { app_id: '661e0000000000000000543c', room_id: 'Room1' }],
  ['awkward ids', { app_id: awkward, room_id: awkward }],
  ['several apps', { app_id: ['a.b', awkward], room_id: 'r', account: ['x', 'y'] }],
])('Prometheus can read every query with %s', (_, values) => {
  const rules = dashboardQueries(values).map(({ expr }, index) => ({
    record: `query_${String(index)}`,
    expr,
  }))
  expect(promtool('check', { groups: [{ name: 'dashboards', rules }] })).toBe('ok')
})

test('an id of any characters selects its own room and no other', () => {
  const series = {
    [`rtc_room_users_total${replicaOf(awkward, awkward)}`]: 7,
    [`rtc_room_users_total${replicaOf(awkward, awkward.replace('.', 'x'))}`]: 8,
    [`rtc_room_users_total${replicaOf('a', 'r')}`]: 9,
  }
  const values = { app_id: awkward, room_id: awkward }
  const expected = new Map([
    [queryOf('Users', 'A', values), [{ labels: roomLabels(awkward, awkward), value: 7 }]],
    [queryOf('Most users', 'A', values), [{ labels: '{}', value: 7 }]],
    [
      queryOf('Users by app', 'A', { app_id: [awkward, 'b'] }),
      [{ labels: `{app_id=${JSON.stringify(awkward)}}`, value: 15 }],
    ],
  ])
  expect(objections(series, expected)).toBe('ok')
})

const fleet = {
  ...room('one', 'full', 'a', 3, 1),
  ...room('one', 'full', 'b', 3, 1),
  [`rtc_room_min_users${replicaOf('one', 'full')}`]: 5,
  ...room('one', 'seen by one replica', 'a', 0, 1),
  ...room('one', 'seen by one replica', 'b', 2, 1),
  ...room('one', 'empty', 'a', 0, 1),
  ...room('two', 'missing', 'a', 0, 0),
  [`rtc_room_last_success_timestamp_seconds${replicaOf('two', 'stale')}`]: 1,
  [`rtc_room_last_success_timestamp_seconds${replicaOf('two', 'never polled')}`]: 0,
  [`rtc_room_users_total${replicaOf('one', 'elsewhere', 'a', 'another job')}`]: 50,
}

function room(app: string, id: string, replica: string, users: number, exists: number) {
  const labels = replicaOf(app, id, replica)
  return {
    [`rtc_room_users_total${labels}`]: users,
    [`rtc_room_invisible_users${labels}`]: 0,
    [`rtc_room_exists${labels}`]: exists,
    [`rtc_room_last_success_timestamp_seconds${labels}`]: 200,
  }
}

test('every room is counted once, in one state, whatever its replicas say', () => {
  const values = { app_id: '$__all' }
  const stat = (panel: string, value: number): [string, Sample[]] => [
    queryOf(panel, 'A', values),
    [{ labels: '{}', value }],
  ]
  const expected = new Map([
    stat('Rooms watched', 6),
    stat('Occupied', 2),
    stat('Empty', 1),
    stat('Missing', 1),
    stat('Without a value', 2),
    stat('Below minimum', 1),
  ])
  expect(objections(fleet, expected)).toBe('ok')
})

test('the table tells the state of every room, and the age of the values there are', () => {
  const values = { app_id: '$__all' }
  const expected = new Map([
    [
      queryOf('All rooms', 'A', values),
      [
        { labels: roomLabels('one', 'full'), value: 2 },
        { labels: roomLabels('one', 'seen by one replica'), value: 2 },
        { labels: roomLabels('one', 'empty'), value: 1 },
        { labels: roomLabels('two', 'missing'), value: 0 },
        { labels: roomLabels('two', 'stale'), value: -1 },
        { labels: roomLabels('two', 'never polled'), value: -1 },
      ],
    ],
    [
      queryOf('All rooms', 'D', { app_id: 'two' }),
      [
        { labels: roomLabels('two', 'missing'), value: 100 },
        { labels: roomLabels('two', 'stale'), value: 299 },
      ],
    ],
  ])
  expect(objections(fleet, expected)).toBe('ok')
})

test('without an exporter nothing is counted, not even as 0', () => {
  const stats = ['Rooms watched', 'Occupied', 'Empty', 'Missing', 'Without a value']
  const none = stats.map((panel): [string, Sample[]] => [
    queryOf(panel, 'A', { app_id: '$__all' }),
    [],
  ])
  expect(objections({ 'up{job="rtc-room-exporter"}': 0 }, new Map(none))).toBe('ok')
})
