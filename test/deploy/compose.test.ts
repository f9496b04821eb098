import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterEach, expect, jest, test } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { parseCli } from '../../src/cli.ts'
import { demoConfig, demoRooms } from '../../src/simulator/demo.ts'
import { root } from './tools.ts'

// Programs start slowly on a busy machine; nothing here depends on how long they take.
jest.setTimeout(120_000)

const folder = join(root, 'deploy/compose')
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')

const Service = z.strictObject({
  image: z.string().regex(/^[a-z/-]+:v?\d+\.\d+\.\d+$/, 'want an image with a version for a tag'),
  build: z.string().optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:(\d+):\1$/, 'want a port of this machine only')),
  environment: z.record(z.string(), z.string()).optional(),
  depends_on: z.array(z.string()).default([]),
  restart: z.literal('unless-stopped'),
  read_only: z.literal(true).optional(),
  cap_drop: z.tuple([z.literal('ALL')]).optional(),
  security_opt: z.array(z.string()).optional(),
})
const { services, volumes } = z
  .object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) })
  .parse(parse(textOf('deploy/compose/compose.yml'), { merge: true }))

/** What is mounted: `host` is relative to the compose file, or a named volume. */
const mounts = Object.entries(services).flatMap(([service, { volumes: list }]) =>
  list.map((text) => {
    const [host = '', target = '', mode] = text.split(':')
    return { service, host, target, mode }
  }),
)
const mountedAt = (service: string, target: string) =>
  mounts.find((mount) => mount.service === service && mount.target === target)?.host ?? ''

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function scratchFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'compose-'))
  closers.push(() => {
    rmSync(path, { recursive: true })
  })
  return path
}

test('the whole chain is there', () => {
  expect(Object.keys(services).sort()).toEqual(
    ['alertmanager', 'exporter', 'grafana', 'prometheus', 'receiver', 'simulator'].sort(),
  )
  for (const { depends_on } of Object.values(services))
    for (const name of depends_on) expect(services).toHaveProperty([name])
})

test('every mounted path exists and is mounted read-only, the rest are named volumes', () => {
  expect(mounts.length).toBeGreaterThan(5)
  for (const { host, mode } of mounts) {
    if (!host.startsWith('.')) expect(volumes).toHaveProperty([host])
    else expect([host, existsSync(join(folder, host)), mode]).toEqual([host, true, 'ro'])
  }
})

test('our own services are built from the Dockerfile, and start the program as it understands', () => {
  const built = Object.values(services).filter(({ build }) => build !== undefined)
  expect(built.map(({ build }) => existsSync(join(folder, String(build), 'Dockerfile')))).toEqual([
    true,
    true,
    true,
  ])
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(textOf('package.json')))
  for (const { image } of built) expect(image).toBe(`rtc-room-exporter:${version}`)
  expect(parseCli(services.simulator?.command ?? [])).toMatchObject({
    command: 'simulate',
    listenAddress: { host: '0.0.0.0', port: 10641 },
  })
  const exporter = services.exporter?.command ?? []
  expect(parseCli(exporter)).toMatchObject({ command: 'run' })
  expect(mountedAt('exporter', String(exporter[0]?.split('=')[1]))).toBe('./exporter.yml')
})

test('the exporter watches the rooms that the simulator has, at the address that it has here', () => {
  const wanted: unknown = parse(
    demoConfig({ endpoint: 'http://simulator:10641', rooms: demoRooms(60) }),
  )
  expect(parse(textOf('deploy/compose/exporter.yml'))).toEqual(wanted)
})

test('the exporter accepts its configuration', async () => {
  const program = ['--import', 'tsx', 'src/main.ts']
  const flags = ['--config.check', '--config.file=deploy/compose/exporter.yml']
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...program, ...flags], {
    cwd: root,
  })
  expect(stdout).toMatch(/\b60 rooms\b/)
  expect(stderr).toBe('')
})

test('Prometheus finds the rules, the exporter and Alertmanager where they are mounted', async () => {
  const etc = scratchFolder()
  for (const { service, host, target } of mounts) {
    if (service === 'prometheus' && host.startsWith('.'))
      cpSync(join(folder, host), join(etc, target.replace('/etc/prometheus/', '')), {
        recursive: true,
      })
  }
  const { stdout, stderr } = await promisify(execFile)('promtool', [
    'check',
    'config',
    join(etc, 'prometheus.yml'),
  ])
  expect(stdout).toContain('1 rule files found')
  expect(stdout + stderr).not.toMatch(/warning|does not exist/i)
  expect(parse(textOf('deploy/compose/targets/rtc-room-exporter.yml'))).toEqual([
    { targets: ['exporter:10640'] },
  ])
  expect(parse(textOf('deploy/compose/targets/alertmanager.yml'))).toEqual([
    { targets: ['alertmanager:9093'] },
  ])
})

test('Grafana finds its data source and its dashboards', () => {
  expect(mountedAt('grafana', '/etc/grafana/provisioning')).toBe('../grafana/provisioning')
  const { providers } = z
    .object({ providers: z.array(z.object({ options: z.object({ path: z.string() }) })) })
    .parse(parse(textOf('deploy/grafana/provisioning/dashboards/rtc.yml')))
  for (const { options } of providers)
    expect(mountedAt('grafana', options.path)).toBe('../grafana/dashboards')
  expect(textOf('deploy/grafana/provisioning/datasources/prometheus.yml')).toContain(
    'url: http://prometheus:9090',
  )
  const home = services.grafana?.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH
  expect(existsSync(join(root, 'deploy/grafana/dashboards', String(home?.split('/').at(-1))))).toBe(
    true,
  )
})

test('the receiver that Alertmanager posts to shows alerts', async () => {
  expect(textOf('deploy/alertmanager/alertmanager.yml')).toContain('http://receiver:10642/critical')
  const child = spawn(process.execPath, [join(folder, 'receiver.mjs')], {
    env: { PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  closers.push(() => child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const nextLine = async () => String((await lines.next()).value)
  const url = `http://127.0.0.1:${/\d+$/.exec(await nextLine())?.[0] ?? ''}`

  expect(await (await fetch(url)).text()).toBe('no alert yet\n')
  const alert = {
    status: 'firing',
    startsAt: '2026-01-02T03:04:05Z',
    labels: { alertname: 'RTCRoomEmpty' },
    annotations: { summary: 'RTC room r is empty' },
  }
  const post = (body: string) => fetch(`${url}/warning`, { method: 'POST', body })
  expect((await post(JSON.stringify({ alerts: [alert] }))).status).toBe(200)
  const line = 'warning  firing  2026-01-02T03:04:05Z  RTCRoomEmpty  RTC room r is empty'
  expect(await nextLine()).toBe(line)
  expect((await post('no JSON')).status).toBe(400)
  expect(await (await fetch(url)).text()).toBe(`${line}\n`)

  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})
