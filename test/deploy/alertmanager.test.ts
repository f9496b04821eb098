import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, expect, jest, test } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from './tools.ts'

// Programs start slowly on a busy machine; nothing here depends on how long they take.
jest.setTimeout(120_000)

const folder = join(root, 'deploy/alertmanager')
const main = join(folder, 'alertmanager.yml')
const examples = readdirSync(join(folder, 'examples'))
const amtool = async (...args: string[]) => (await promisify(execFile)('amtool', args)).stdout

const Config = z.object({
  route: z.unknown(),
  inhibit_rules: z.array(z.unknown()).min(1),
  receivers: z.array(z.object({ name: z.string() })),
})
const configOf = (path: string) => Config.parse(parse(readFileSync(path, 'utf8')))

const Alerts = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({ inhibitedBy: z.array(z.string()) }),
  }),
)

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A real Alertmanager with the shipped configuration; its URL. */
async function startAlertmanager(): Promise<string> {
  const storage = mkdtempSync(join(tmpdir(), 'alertmanager-'))
  closers.push(() => {
    rmSync(storage, { recursive: true })
  })
  const args = [`--config.file=${main}`, `--storage.path=${storage}`]
  const local = ['--web.listen-address=127.0.0.1:0', '--cluster.listen-address=']
  const child = spawn('prometheus-alertmanager', [...args, ...local], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  closers.push(async () => {
    child.kill()
    await ended
  })
  for await (const line of createInterface(child.stderr)) {
    const address = /msg="Listening on" address=(\S+)/.exec(line)?.[1]
    if (address === undefined) continue
    child.stderr.resume()
    return `http://${address}`
  }
  throw new Error('Alertmanager ended before it listened')
}

type Labels = Readonly<Record<string, string>>

/**
 * Which of the alerts, all of them firing, the Alertmanager silences because of others. It takes
 * alerts in one after the other, so this waits for all of them and for `count` silent ones.
 */
async function inhibited(url: string, alerts: readonly Labels[], count: number) {
  const sent = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(alerts.map((labels) => ({ labels }))),
  })
  expect(sent.status).toBe(200)
  for (;;) {
    const answer: unknown = await (await fetch(`${url}/api/v2/alerts`)).json()
    const known = Alerts.parse(answer)
    const silent = known.filter(({ status }) => status.inhibitedBy.length > 0)
    if (known.length === alerts.length && silent.length >= count) {
      return silent.map(({ labels }) => labels)
    }
    await sleep(50)
  }
}

test.each([main, ...examples.map((name) => join(folder, 'examples', name))])(
  'amtool accepts %s',
  async (file) => {
    expect(await amtool('check-config', file)).toContain('SUCCESS')
  },
)

test.each(examples)('examples/%s differs from the shipped file in its receivers only', (name) => {
  const [shipped, example] = [configOf(main), configOf(join(folder, 'examples', name))]
  expect({ ...example, receivers: [] }).toEqual({ ...shipped, receivers: [] })
  expect(example.receivers.map((receiver) => receiver.name)).toEqual(
    shipped.receivers.map((receiver) => receiver.name),
  )
})

test('there are examples for a webhook, DingTalk and Feishu', () => {
  expect(examples.toSorted()).toEqual(['dingtalk.yml', 'feishu.yml', 'webhook.yml'])
})

test.each(['critical', 'warning', 'info'])('alerts of severity %s go to their own', async (to) => {
  const args = ['config', 'routes', 'test', `--config.file=${main}`, `--verify.receivers=${to}`]
  expect(await amtool(...args, 'alertname=RTCAnything', `severity=${to}`)).toContain(to)
})

const room = (alertname: string, app_id = 'app') => ({ alertname, app_id, room_id: 'r' })
const account = (alertname: string, name = 'main') => ({ alertname, account: name })
const instance = (alertname: string) => ({ alertname, instance: 'a' })
const [empty, stale, neverSeen] = [
  room('RTCRoomEmpty'),
  room('RTCRoomDataStale'),
  room('RTCRoomNeverSeen'),
]

test.each([
  ['RTCExporterDown', instance('RTCExporterDown'), [stale, neverSeen], [empty]],
  ['RTCPollerStalled', instance('RTCPollerStalled'), [stale], [empty]],
  [
    'RTCApiDown',
    account('RTCApiDown'),
    [stale, neverSeen, account('RTCApiErrorRateHigh')],
    [empty, account('RTCApiErrorRateHigh', 'other')],
  ],
  [
    'RTCExporterAbsent',
    { alertname: 'RTCExporterAbsent' },
    [empty, stale, account('RTCApiDown'), instance('RTCPollerStalled')],
    [instance('RTCExporterDown')],
  ],
  [
    'RTCAppAllRoomsEmpty',
    { alertname: 'RTCAppAllRoomsEmpty', app_id: 'app' },
    [empty],
    [room('RTCRoomEmpty', 'other'), room('RTCRoomBelowMinimumUsers')],
  ],
  [
    'RTCApiAuthFailing',
    account('RTCApiAuthFailing'),
    [account('RTCApiDown')],
    [account('RTCApiDown', 'other')],
  ],
  [
    'RTCApiThrottled',
    account('RTCApiThrottled'),
    [account('RTCPollBudgetOvercommitted')],
    [account('RTCPollBudgetOvercommitted', 'other')],
  ],
])('%s silences its symptoms and nothing else', async (_, cause, symptoms, others) => {
  const url = await startAlertmanager()
  const silent = await inhibited(url, [cause, ...symptoms, ...others], symptoms.length)
  expect(new Set<Labels>(silent)).toEqual(new Set<Labels>(symptoms))
})
