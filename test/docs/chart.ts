import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { argv } from 'node:process'
import { z } from 'zod'
import { countOf, roomQueries } from '../../deploy/grafana/source/room-queries.ts'
import type { Line } from './chart-bands.ts'
import { chartSvg, type Plot } from './chart-svg.ts'

// Draws what a Prometheus knows of the last hour's rooms, for the README:
// tsx test/docs/chart.ts http://127.0.0.1:9090 docs/images/chart.svg [hours]

const Answer = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
})

const [, , prometheus = 'http://127.0.0.1:9090', path = 'chart.svg', hours = '1'] = argv
const endSeconds = Math.floor(Date.now() / 1000)
const spanSeconds = Number(hours) * 3600
const stepSeconds = Math.max(5, Math.round(spanSeconds / 360))
const palette = ['#2f6fde', '#e8710a', '#1a9c5b', '#9334e6', '#d6336c', '#0b8793']

async function range(query: string): Promise<z.infer<typeof Answer>['data']['result']> {
  const url = new URL('/api/v1/query_range', prometheus)
  url.searchParams.set('query', query)
  url.searchParams.set('start', String(endSeconds - spanSeconds))
  url.searchParams.set('end', String(endSeconds))
  url.searchParams.set('step', String(stepSeconds))
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url.href} answered ${await response.text()}`)
  return Answer.parse(await response.json()).data.result
}

function points(values: readonly (readonly [number, string])[]): Line['points'] {
  return values.map(([seconds, value]) => [seconds * 1000, Number(value)])
}

async function usersByApp(): Promise<Plot> {
  const query = 'sum by (app_id) (rtc_room_users_total)'
  const result = await range(query)
  const lines = result.map(({ metric, values }, index) => ({
    name: metric.app_id ?? '',
    color: palette[index % palette.length] ?? '#2f6fde',
    points: points(values),
  }))
  return { title: 'Users by app', subtitle: query, unit: 'users', style: 'lines', lines }
}

async function roomsByState(): Promise<Plot> {
  const rooms = roomQueries('job=~".+"')
  const queries = [
    ['occupied', '#1a9c5b', rooms.occupied],
    ['empty', '#e3b008', rooms.empty],
    ['missing', '#e8710a', rooms.missing],
    ['without a value', '#9334e6', rooms.withoutValue],
  ] as const
  const lines: Line[] = []
  for (const [name, color, query] of queries) {
    for (const { values } of await range(countOf(query, rooms.known))) {
      const line = { name, color, points: points(values) }
      if (line.points.some(([, count]) => count > 0)) lines.push(line)
    }
  }
  const subtitle =
    'count(rtc_room_users_total > 0), and the rooms that are empty, missing or without a value'
  return { title: 'Rooms by state', subtitle, unit: 'rooms', style: 'stacked', lines }
}

const plots = [await usersByApp(), await roomsByState()]
mkdirSync(dirname(path), { recursive: true })
writeFileSync(path, chartSvg('Users in RTC rooms', plots, stepSeconds * 1000))
