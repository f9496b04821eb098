import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { parse } from 'yaml'
import { dashboardFiles } from '../../deploy/grafana/source/pages.ts'
import { dashboardQueries, readDashboards } from '../support/dashboard-queries.ts'

const grafana = join(import.meta.dirname, '../../deploy/grafana')
const dashboards = [...readDashboards()]
const uids = dashboards.map(([, { uid }]) => uid)
const panels = dashboards.flatMap(([file, dashboard]) =>
  dashboard.panels.map((panel) => ({ ...panel, where: `${file}: ${panel.title}` })),
)
const shown = panels.filter((panel) => panel.type !== 'row')

const ownMetrics = `
  rtc_room_users_total rtc_room_invisible_users rtc_room_exists rtc_room_poll_success
  rtc_room_last_success_timestamp_seconds rtc_room_info rtc_room_min_users
  rtc_up rtc_exporter_build_info rtc_exporter_rooms rtc_exporter_api_requests_total
  rtc_exporter_api_request_failures_total rtc_exporter_api_request_retries_total
  rtc_exporter_api_request_duration_seconds_bucket rtc_exporter_api_requests_in_flight
  rtc_exporter_budget_requests_per_second rtc_exporter_demand_requests_per_second
  rtc_exporter_circuit_open rtc_exporter_sweep_duration_seconds
  rtc_exporter_initial_sweep_complete rtc_exporter_oldest_success_timestamp_seconds
  rtc_exporter_last_poll_timestamp_seconds rtc_exporter_max_age_seconds
  rtc_exporter_api_clock_skew_seconds rtc_exporter_config_last_reload_successful
  rtc_exporter_config_last_reload_success_timestamp_seconds
  rtc_exporter_shards rtc_exporter_shard_info`
const prometheusMetrics = ['up', 'scrape_duration_seconds']

/** The names that stand where PromQL expects a metric. */
function metricNames(expr: string): string[] {
  const bare = expr
    .replace(/`[^`]*`|"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(by|without|on|ignoring|group_left|group_right) *\([^)]*\)/g, '')
  const words = bare.match(/\b[a-z_][\w:]*\b(?! *\()/g) ?? []
  return words.filter((word) => !['and', 'or', 'unless', 'bool'].includes(word))
}

test('the committed JSON is what the source generates (npm run dashboards)', () => {
  const files = dashboardFiles()
  expect([...files.keys()].toSorted()).toEqual(dashboards.map(([file]) => file).toSorted())
  for (const [file, text] of files) {
    expect(readFileSync(join(grafana, 'dashboards', file), 'utf8')).toBe(text)
  }
})

test('dashboards have the names that links and bookmarks rest on', () => {
  expect(uids.toSorted()).toEqual(['rtc-exporter', 'rtc-room', 'rtc-rooms'])
})

test('every panel says what it shows and has a query', () => {
  expect(shown.length).toBeGreaterThan(40)
  expect(shown.filter(({ description = '' }) => description.length < 20)).toEqual([])
  expect(shown.filter(({ targets }) => targets.length === 0)).toEqual([])
})

test('every panel of numbers has a unit, every state has words', () => {
  const bare = shown.filter(({ type, fieldConfig }) =>
    type === 'state-timeline'
      ? fieldConfig?.defaults.mappings === undefined
      : fieldConfig?.defaults.unit === undefined,
  )
  expect(bare.map(({ where }) => where)).toEqual([])
})

test('panel ids are unique and panels do not overlap within a dashboard', () => {
  for (const [, dashboard] of dashboards) {
    const ids = dashboard.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from(
        { length: w * h },
        (_, n) => `${String(x + (n % w))},${String(y + Math.floor(n / w))}`,
      ),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(dashboard.panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([])
  }
})

test('a panel holds each refId once, and asks for either the present or the range', () => {
  for (const { targets } of shown) {
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length)
    expect(targets.filter(({ instant, range }) => instant === range)).toEqual([])
  }
})

test('the data source is always the one that the dashboard’s menu chooses', () => {
  for (const [, { templating }] of dashboards) {
    expect(templating.list[0]).toMatchObject({ name: 'datasource', query: 'prometheus' })
    const menus = templating.list.filter(({ type }) => type === 'query')
    expect(menus.map(({ datasource }) => datasource?.uid)).toEqual(menus.map(() => '${datasource}'))
  }
  const sources = shown.flatMap(({ datasource, targets }) => [
    datasource,
    ...targets.map((target) => target.datasource),
  ])
  expect(new Set(sources.map((source) => source?.uid))).toEqual(new Set(['${datasource}']))
})

test('every dashboard links to the two others, and every link leads to one that exists', () => {
  for (const [, { uid, links }] of dashboards) {
    const others = uids.filter((other) => other !== uid).map((other) => `/d/${other}`)
    expect(links.map(({ url }) => url).toSorted()).toEqual(others.toSorted())
  }
  const texts = [...dashboardFiles().values()]
  const targets = texts.flatMap((text) => [...text.matchAll(/"\/d\/([^"?]*)/g)])
  expect(targets.map(([, uid]) => uid).filter((uid) => !uids.includes(String(uid)))).toEqual([])
})

test('links to a room carry its ids encoded, the data source, the job and the time', () => {
  const links = JSON.stringify(shown).match(/\/d\/rtc-room\?[^"]*/g) ?? []
  expect(links).toHaveLength(2)
  for (const link of links) {
    expect(link).toMatch(/var-app_id=\$\{\w+\.\w+\.app_id:percentencode\}/)
    expect(link).toMatch(/var-room_id=\$\{\w+\.\w+\.room_id:percentencode\}/)
    expect(link).toContain('${datasource:queryparam}&${job:queryparam}&${__url_time_range}')
  }
})

test('every metric is one that the exporter, Node.js or Prometheus has', async () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const defaults = (await registry.getMetricsAsJSON()).map(({ name }) => name)
  const known = new Set([...ownMetrics.trim().split(/\s+/), ...defaults, ...prometheusMetrics])
  const used = dashboardQueries({ app_id: 'a', room_id: 'r' }).flatMap(({ expr }) =>
    metricNames(expr),
  )
  expect([...new Set(used)].filter((name) => !known.has(name))).toEqual([])
  const unused = ownMetrics
    .trim()
    .split(/\s+/)
    .filter((name) => !used.includes(name))
  expect(unused).toEqual([])
})

test('provisioning finds the dashboards and names a Prometheus', () => {
  const read = (file: string): unknown =>
    parse(readFileSync(join(grafana, 'provisioning', file), 'utf8'))
  expect(read('datasources/prometheus.yml')).toMatchObject({
    apiVersion: 1,
    datasources: [{ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true }],
  })
  expect(read('dashboards/rtc.yml')).toMatchObject({
    apiVersion: 1,
    providers: [{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }],
  })
})
