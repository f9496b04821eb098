import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Gauge, Registry } from 'prom-client'

/*
 * The five series of every room as prom-client's gauges, behind a bare node:http server. Prints its
 * port. POST /change?count=N polls N rooms at random.
 */

const rooms = Number(process.argv[2])
const registry = new Registry()
const gauge = (name: string, help: string) =>
  new Gauge({ name, help, labelNames: ['app_id', 'room_id'] as const, registers: [registry] })
const users = gauge('rtc_room_users_total', 'Users in the room, visible and invisible.')
const invisible = gauge('rtc_room_invisible_users', 'Invisible users in the room.')
const exists = gauge('rtc_room_exists', 'Whether the room exists (1) or not (0).')
const success = gauge('rtc_room_poll_success', "Whether the room's last finished poll succeeded.")
const last = gauge(
  'rtc_room_last_success_timestamp_seconds',
  "Unix time of the room's last successful poll, 0 if there was none.",
)
const below = (limit: number) => Math.floor(Math.random() * limit)

function poll(room: number) {
  const labels = { app_id: '661e0000000000000000543c', room_id: `Room${String(room)}` }
  users.set(labels, below(200))
  invisible.set(labels, below(10))
  exists.set(labels, below(2))
  success.set(labels, below(2))
  last.set(labels, Date.now() / 1000)
}
for (let room = 0; room < rooms; room++) poll(room)

const compress = promisify(gzip)
const server = createServer((request, response) => {
  const [path, query] = (request.url ?? '').split('?')
  const isGzip = request.headers['accept-encoding'] === 'gzip'
  async function answer(): Promise<Buffer> {
    const text = Buffer.from(await registry.metrics())
    if (isGzip) response.setHeader('content-encoding', 'gzip')
    return isGzip ? await compress(text) : text
  }
  if (path === '/metrics') {
    answer().then(
      (body) => response.end(body),
      (error: unknown) => response.destroy(error as Error),
    )
    return
  }
  for (let n = Number(new URLSearchParams(query).get('count')); n > 0; n--) poll(below(rooms))
  response.end()
})
server.listen(0, '127.0.0.1', () => {
  console.log((server.address() as AddressInfo).port)
})
