import { afterEach, expect, test } from '@jest/globals'
import { createMetricsHandler } from '../../src/exposition/handler.ts'
import { createScrape } from '../../src/exposition/scrape.ts'
import { createRoomTable } from '../../src/rooms/table.ts'
import { listen } from '../../src/web/listen.ts'
import { createListener } from '../../src/web/server.ts'
import { realClock } from '../support/clock.ts'
import { eventually } from '../support/program.ts'
import { startPrometheus } from '../support/prometheus.ts'
import { roomList } from '../support/rooms.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

test('a real Prometheus takes in 100,000 rooms, every series and every value', async () => {
  const count = 100_000
  const table = createRoomTable(realClock)
  table.set(roomList(count, { maxAgeMs: 3_600_000 }))
  for (let slot = 0; slot < count; slot++)
    table.record(slot, { kind: 'present', users: slot % 100, invisibleUsers: 1 }, realClock.now())
  const scrape = createScrape({ rooms: table, ownMetrics: () => Promise.resolve('') })
  const get = createMetricsHandler({ scrape })
  const server = await listen(
    createListener([{ path: '/metrics', get }], (error) => {
      throw error
    }),
    [{ host: '127.0.0.1', port: 0 }],
  )
  closers.push(() => server.close(0))
  const target = (server.urls[0] ?? '').replace('http://', '')
  const prometheus = await startPrometheus(`scrape_configs:
  - job_name: rtc-room-exporter
    scrape_interval: 30s
    scrape_timeout: 30s
    static_configs: [{ targets: ['${target}'] }]
`)
  closers.push(prometheus.stop)

  const ask = async (expression: string) => (await prometheus.query(expression))[0]?.value
  await eventually(
    () => ask('up'),
    (up) => up === 1,
  )
  expect(await ask('scrape_samples_post_metric_relabeling')).toBe(5 * count)
  for (const series of ['users_total', 'invisible_users', 'exists', 'poll_success'])
    expect(await ask(`count(rtc_room_${series})`)).toBe(count)
  expect(await ask('sum(rtc_room_users_total)')).toBe((count / 100) * 4950)
  expect(await ask('rtc_room_users_total{room_id="Room99999"}')).toBe(99)
}, 180_000)
