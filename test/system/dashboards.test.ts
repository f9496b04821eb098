import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, jest, test } from '@jest/globals'
import { z } from 'zod'
import { demoRooms } from '../../src/simulator/demo.ts'
import type { DashboardQuery } from '../support/dashboard-queries.ts'
import { dashboardQueries } from '../support/dashboard-queries.ts'
import { eventually, runExporter, textAt } from '../support/program.ts'

// Four programs start here, slowly on a busy machine; nothing depends on how long they take.
jest.setTimeout(240_000)

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const Sample = z.tuple([z.number(), z.string()])
const Answer = z.object({
  status: z.literal('success'),
  data: z.union([
    z.array(z.string()),
    z.object({
      result: z.array(z.object({ value: Sample.optional(), values: z.array(Sample).default([]) })),
    }),
  ]),
})

/** What Grafana would ask for a query, about the last minute. */
function pathOf({ kind, expr, label = '' }: Omit<DashboardQuery, 'dashboard' | 'panel' | 'refId'>) {
  if (kind === 'label_values') {
    return `/api/v1/label/${label}/values?${new URLSearchParams({ 'match[]': expr }).toString()}`
  }
  const now = Date.now() / 1000
  const range = { start: String(now - 60), end: String(now), step: '5' }
  const asked = new URLSearchParams({ query: expr, ...(kind === 'range' && range) }).toString()
  return kind === 'range' ? `/api/v1/query_range?${asked}` : `/api/v1/query?${asked}`
}

/** The answer's values that can be shown: labels, or numbers without the infinite and NaN. */
async function shown(prometheus: string, path: string): Promise<readonly (string | number)[]> {
  const { data } = Answer.parse(JSON.parse(await textAt(`${prometheus}${path}`)))
  if (Array.isArray(data)) return data
  return data.result
    .flatMap(({ value, values }) => (value === undefined ? values : [value]))
    .map(([, text]) => Number(text))
    .filter(Number.isFinite)
}

/** A room of the demo that has all a room can have. */
const room = demoRooms(60).find(({ minUsers, labels }) => minUsers === 1 && labels)
const appId = room?.appId ?? ''
const roomId = room?.roomId ?? ''

/** There is data once all of these are found. */
const signs = [
  'rtc_exporter_initial_sweep_complete == 1',
  `rtc_room_users_total{app_id="${appId}", room_id="${roomId}"}`,
  'rtc_room_users_total > 10',
  'sum(rate(rtc_exporter_api_request_failures_total[1m])) > 0',
  'sum(rate(rtc_exporter_api_request_retries_total[1m])) > 0',
  'account:rtc_up:max',
]

test('the demo with Prometheus: every query of every dashboard finds data, and all of it ends', async () => {
  const demo = runExporter(['simulate', '--demo', '--with-prometheus', '--listen=127.0.0.1:0'])
  closers.push(() => demo.stop())
  await demo.printed(/^watching /m)
  const urlOf = (name: string) =>
    new RegExp(`^${name} +(\\S+)$`, 'm').exec(demo.output())?.[1] ?? `no ${name}`
  const [prometheus, alertmanager] = [urlOf('prometheus'), urlOf('alerts')]
  await fetch(`${urlOf('simulator')}/simulator/injections`, {
    method: 'POST',
    body: JSON.stringify({ fault: 'html_502', probability: 0.3 }),
  })

  for (const expr of signs) {
    await eventually(
      () => shown(prometheus, pathOf({ kind: 'instant', expr })),
      (values) => values.length > 0,
    )
  }
  const withoutData: string[] = []
  for (const query of dashboardQueries({ app_id: appId, room_id: roomId })) {
    const values = await shown(prometheus, pathOf(query))
    if (values.length > 0) continue
    withoutData.push(`${query.dashboard}, ${query.panel} ${query.refId}: ${query.expr}`)
  }
  expect(withoutData).toEqual([])

  const chart = new URL(urlOf('chart'))
  expect(chart.origin).toBe(prometheus)
  const charted = pathOf({ kind: 'range', expr: chart.searchParams.get('g0.expr') ?? '' })
  expect((await shown(prometheus, charted)).length).toBeGreaterThan(0)
  expect(await textAt(`${prometheus}/api/v1/alertmanagers`)).toContain(alertmanager)

  expect(await demo.stop('SIGINT')).toBe(0)
  await expect(fetch(prometheus)).rejects.toThrow()
  await expect(fetch(alertmanager)).rejects.toThrow()
})

test('without Prometheus the demo says what to install, and starts nothing', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'path-'))
  closers.push(() => rm(empty, { recursive: true }))
  const demo = runExporter(['simulate', '--demo', '--with-prometheus'], { PATH: empty })
  expect(await demo.ended).toBe(1)
  expect(demo.output().trim().split('\n')).toEqual([
    expect.stringMatching(/no program "prometheus" on the PATH, install it \(Debian: apt install /),
  ])
})
