import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import type { Program } from '../support/program.ts'
import { root, runProgram, urlOf } from '../support/program.ts'
import { startPrometheus } from '../support/prometheus.ts'

/** Takes what ends a part, as soon as that part runs. */
export type OnClose = (close: () => unknown) => void

const Message = z.object({
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels: z.record(z.string(), z.string()),
    }),
  ),
})
/** What Alertmanager tells a receiver about one alert. */
export type ToldAlert = z.infer<typeof Message>['alerts'][number]

/** Starts the shipped rules and routes, hurried, on an exporter of the built program. */
export async function startHurriedChain(exporter: Program, onClose: OnClose) {
  const folder = await mkdtemp(join(tmpdir(), 'chain-'))
  onClose(() => rm(folder, { recursive: true }))
  const receiver = await startReceiver(onClose)
  const alertmanager = await startAlertmanager(folder, receiver.url, onClose)
  const prometheus = await startPrometheus(
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [await writeHurriedRules(folder)],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
      scrape_configs: [
        {
          job_name: 'rtc-room-exporter',
          static_configs: [{ targets: [new URL(await urlOf(exporter)).host] }],
        },
      ],
    }),
  )
  onClose(prometheus.stop)
  return {
    prometheus,
    /** Everything that the receiver has been told so far. */
    told: receiver.told,
  }
}

/** A webhook receiver on a free port. */
async function startReceiver(
  onClose: OnClose,
): Promise<{ readonly url: string; readonly told: readonly ToldAlert[] }> {
  const told: ToldAlert[] = []
  const take = async (request: IncomingMessage) => {
    told.push(...Message.parse(await json(request)).alerts)
  }
  const server = createServer((request, response) => {
    void take(request).then(() => response.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onClose(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${String(port)}`, told }
}

/** The shipped routes and inhibitions, telling the receiver. The Alertmanager's host and port. */
async function startAlertmanager(folder: string, receiver: string, onClose: OnClose) {
  const shipped = await readFile(join(root, 'deploy/alertmanager/alertmanager.yml'), 'utf8')
  const file = join(folder, 'alertmanager.yml')
  const hurried = shipped
    .replaceAll(/(group_wait|group_interval): \w+/g, '$1: 1s')
    .replaceAll('http://receiver:10642', receiver)
  await writeFile(file, hurried)
  const alertmanager = runProgram('prometheus-alertmanager', [
    `--config.file=${file}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    '--web.listen-address=127.0.0.1:0',
    '--cluster.listen-address=',
  ])
  onClose(() => alertmanager.stop())
  const [, address = ''] = await alertmanager.printed(/msg="Listening on" address=(\S+)/)
  return address
}

/** The shipped rules, every minute of them two seconds long. */
async function writeHurriedRules(folder: string): Promise<string> {
  const shipped = await readFile(join(root, 'deploy/prometheus/rules/rtc-room.rules.yml'), 'utf8')
  const hurried = shipped.replaceAll(
    /(\[|offset |for: )(\d+)m\b/g,
    (_, before: string, minutes: string) => `${before}${String(Number(minutes) * 2)}s`,
  )
  if (/[[ ]\d+m\b/.test(hurried)) throw new Error('a time in the rules was not shortened')
  const file = join(folder, 'rules.yml')
  await writeFile(file, hurried)
  return file
}
