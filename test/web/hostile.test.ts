import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from '@jest/globals'
import { formatProblems } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read.ts'
import { readWebConfig } from '../../src/config/web-config.ts'
import { createLogger } from '../../src/logger.ts'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import { folderWith } from '../config/folder.ts'
import { startInProcess } from '../support/in-process.ts'
import { eventually, valueOf } from '../support/program.ts'
import { ask, hashOf } from './guarded.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const appId = '0123456789abcdef01234567'
const injected = 'x\r\nSet-Cookie: stolen=1\r\n\r\n<script>alert(1)</script>'

/** A whole exporter that watches two rooms of a simulator, one of them with an injecting id. */
async function startWatching(web = '') {
  const simulator = await createSimulator({ latencyMs: [1, 5], rooms: [] })
  closers.push(simulator.close)
  for (const roomId of ['Room1', injected])
    simulator.rooms.hold({ appId, roomId }, { exists: true, users: 6, invisibleUsers: 3 })
  const rooms = ['Room1', injected].map((id) => ({ app_id: appId, room_id: id }))
  const folder = await folderWith({
    'exporter.yml': JSON.stringify({ api: { endpoint: simulator.url }, rooms }),
    'web.yml': web,
  })
  const keys = {
    VOLC_ACCESSKEY: simulatorAccount.accessKeyId,
    VOLC_SECRETKEY: simulatorAccount.secretAccessKey,
  }
  const read = () => readConfig(join(folder, 'exporter.yml'), keys)
  const readWeb = () => readWebConfig(join(folder, 'web.yml'))
  const initialWeb = await readWeb()
  if ('problems' in initialWeb) throw new Error(formatProblems(initialWeb.problems).join('\n'))
  const lines: string[] = []
  const { url, exporter } = await startInProcess({
    read,
    web: { initial: initialWeb, read: readWeb },
    log: createLogger({ level: 'info', format: 'logfmt' }, (line) => lines.push(line)),
  })
  closers.push(exporter.stop)
  return { url, port: Number(new URL(url).port), lines }
}

/** Whether a scrape was answered, with the value that the room has. */
const isWhole = (body: string) =>
  valueOf(body, `rtc_room_users_total{app_id="${appId}",room_id="Room1"}`) === 6

/** A socket whose errors are expected. */
function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  closers.push(() => socket.destroy())
  return socket
}

/** Everything that comes back for bytes as they stand. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = open(port)
  socket.write(bytes)
  return text(socket).catch(() => '')
}

const scrapes = (url: string) => eventually(async () => (await ask(`${url}/metrics`)).body, isWhole)

test('1,000 idle connections and 50 slow ones: scrapes are answered, and all of them are closed', async () => {
  const { url, port } = await startWatching()
  await scrapes(url)
  const idle = Array.from({ length: 1000 }, () => open(port))
  const slow = Array.from({ length: 50 }, () => open(port))
  const closed = Promise.all([...idle, ...slow].map((socket) => once(socket, 'close')))
  await Promise.all([...idle, ...slow].map((socket) => once(socket, 'connect')))
  for (const socket of slow) socket.write('GET /metrics HTTP/1.1\r\n')
  const drip = setInterval(() => {
    for (const socket of slow) socket.write('x-drip: 1\r\n')
  }, 100)
  closers.push(() => {
    clearInterval(drip)
  })
  for (let count = 0; count < 20; count += 1)
    expect(isWhole((await ask(`${url}/metrics`)).body)).toBe(true)
  for (const socket of [...idle, ...slow]) socket.resume()
  await closed
  expect(isWhole((await ask(`${url}/metrics`)).body)).toBe(true)
})

test('a head of 10 MB is cut off', async () => {
  const { url, port } = await startWatching()
  const head = `GET /metrics HTTP/1.1\r\nHost: x\r\nx-big: ${'a'.repeat(10_000_000)}\r\n\r\n`
  expect(await raw(port, head)).toMatch(/^(HTTP\/1\.1 431 .*)?$/s)
  const many = `GET /metrics HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(1_000_000)}\r\n`
  expect(await raw(port, many)).toMatch(/^(HTTP\/1\.1 431 .*)?$/s)
  await scrapes(url)
})

test.each([
  '/../../../../etc/passwd',
  '/metrics/../../../etc/passwd',
  '/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
  '/..%2f..%2f..%2fetc%2fpasswd',
  '/assets/../../package.json',
  '/assets/..%2f..%2fpackage.json',
  '/rooms/..%2f..%2f/etc%2fpasswd',
  '/api/v1/rooms/../../../etc/passwd',
  '/\\..\\..\\etc\\passwd',
  '/metrics%00.html',
  '//etc/passwd',
])('%s is no way out', async (path) => {
  const { port } = await startWatching()
  const answer = await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 40[04] /)
  expect(answer).not.toMatch(/root:|"dependencies"/)
})

test('room ids do not get into headers, nor into the markup', async () => {
  const { url, port } = await startWatching()
  const body = await scrapes(url)
  expect(body.split('\n').filter((line) => line.startsWith('Set-Cookie'))).toEqual([])
  const id = encodeURIComponent(injected)
  const paths = ['/', `/?q=${id}`, `/rooms/${appId}/${id}`, `/api/v1/rooms/${appId}/${id}`]
  for (const path of [...paths, `/${id}`, `/api/v1/rooms/${id}/${id}`]) {
    const answer = await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    const [head = '', ...rest] = answer.split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 (200|404) /)
    expect(head).not.toMatch(/set-cookie/i)
    const isJson = head.includes('application/json')
    if (!isJson) expect(rest.join('')).not.toContain('<script>alert')
  }
})

test('10,000 wrong passwords: a scrape in their midst is answered, and the log stays readable', async () => {
  const { url, port, lines } = await startWatching(
    `basic_auth_users: { prometheus: "${hashOf('right')}" }\nauth_excluded_paths: [/-/healthy]\n`,
  )
  const agent = new Agent({ keepAlive: true, maxSockets: 50 })
  closers.push(() => {
    agent.destroy()
  })
  const attempt = (password: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = {
        port,
        host: '127.0.0.1',
        localAddress: '127.0.0.2',
        path: '/metrics',
        agent,
      }
      request({ ...options, auth: `prometheus:${password}` }, (response) => {
        response.resume().on('end', () => {
          resolve(response.statusCode)
        })
      })
        .on('error', reject)
        .end()
    })
  const flood = Array.from({ length: 10_000 }, (_, index) => attempt(`wrong-${String(index)}`))
  await Promise.race(flood)
  const inTheMidst = await ask(`${url}/metrics`, { auth: 'prometheus:right' })
  expect(inTheMidst).toMatchObject({ status: 200 })
  expect((await ask(`${url}/-/healthy`)).status).toBe(200)
  const statuses = await Promise.all(flood)
  expect(statuses.filter((status) => status !== 401 && status !== 429)).toEqual([])
  expect(statuses).toContain(401)
  const refusals = lines.filter((line) => line.includes('refused'))
  expect(refusals.length).toBeGreaterThan(0)
  expect(refusals.length).toBeLessThanOrEqual(4)
  expect(lines.join('')).not.toMatch(/wrong-\d|prometheus:/)
})
