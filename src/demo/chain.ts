import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { ChildParts } from './child.ts'
import { findCommand, startChild } from './child.ts'
import { wantedOrFreePort } from './ports.ts'

/** The commands of the chain, as they are called on this machine. */
export interface ChainCommands {
  readonly prometheus: string
  /** Left out where none is installed: alerts are then seen in Prometheus alone. */
  readonly alertmanager?: string | undefined
}

/** Where the chain is written, what it watches, and who stops it. */
export interface ChainParts extends ChildParts {
  readonly folder: string
  /** Where the shipped rules and routes are. */
  readonly deploy: URL
  /** URL of the exporter. */
  readonly exporterUrl: string
  /** Takes what stops each part, as soon as that part runs. */
  readonly onStop: (stop: () => Promise<void>) => void
}

const rulesFile = 'rtc-room.rules.yml'
const chart = 'sum by (app_id) (rtc_room_users_total)'

/** Receivers keep their names and tell nobody: the demo's alerts are looked at. */
const AlertmanagerConfig = z.looseObject({
  receivers: z.array(z.object({ name: z.string() })),
})

/** Looks for the programs of the chain, or says in `problem` which one to install. */
export async function findChain(): Promise<ChainCommands | { readonly problem: string }> {
  const prometheus = await findCommand('prometheus')
  if (prometheus !== undefined) {
    return {
      prometheus,
      alertmanager: await findCommand('prometheus-alertmanager', 'alertmanager'),
    }
  }
  const wanted = 'install it (Debian: apt install prometheus prometheus-alertmanager)'
  return { problem: `--with-prometheus finds no program "prometheus" on the PATH, ${wanted}` }
}

/**
 * Starts Prometheus with the shipped rules, and Alertmanager with the shipped routes; they watch
 * the exporter. Resolves with lines that say where they are.
 */
export async function startChain(commands: ChainCommands, parts: ChainParts): Promise<string[]> {
  const alertmanager =
    commands.alertmanager === undefined
      ? undefined
      : await startAlertmanager(commands.alertmanager, parts)
  const prometheus = await startPrometheus(commands.prometheus, alertmanager, parts)
  const query = new URLSearchParams({
    'g0.expr': chart,
    'g0.tab': '0',
    'g0.range_input': '15m',
  })
  return [
    `prometheus ${prometheus}`,
    alertmanager === undefined
      ? `alerts     ${prometheus}/alerts (no Alertmanager is installed)`
      : `alerts     ${alertmanager}`,
    `chart      ${prometheus}/graph?${query.toString()}`,
  ]
}

async function startAlertmanager(command: string, parts: ChainParts): Promise<string> {
  const shipped = await readFile(new URL('alertmanager/alertmanager.yml', parts.deploy), 'utf8')
  const config = AlertmanagerConfig.parse(parse(shipped))
  const args = [`--storage.path=${join(parts.folder, 'alertmanager')}`, '--cluster.listen-address=']
  return startServer({ command, name: 'alertmanager', port: 9093, config, args }, parts)
}

async function startPrometheus(
  command: string,
  alertmanager: string | undefined,
  parts: ChainParts,
): Promise<string> {
  const rules = new URL(`prometheus/rules/${rulesFile}`, parts.deploy)
  await copyFile(rules, join(parts.folder, rulesFile))
  const targets = (url: string) => [{ targets: [new URL(url).host] }]
  const config = {
    global: { scrape_interval: '5s', evaluation_interval: '5s' },
    rule_files: [rulesFile],
    ...(alertmanager !== undefined && {
      alerting: { alertmanagers: [{ static_configs: targets(alertmanager) }] },
    }),
    scrape_configs: [{ job_name: 'rtc-room-exporter', static_configs: targets(parts.exporterUrl) }],
  }
  const args = [`--storage.tsdb.path=${join(parts.folder, 'prometheus')}`]
  return startServer({ command, name: 'prometheus', port: 9090, config, args }, parts)
}

/** Starts one of the two on its usual port or a free one; its URL. */
async function startServer(
  server: {
    readonly command: string
    readonly name: string
    readonly port: number
    readonly config: object
    readonly args: readonly string[]
  },
  parts: ChainParts,
): Promise<string> {
  const file = join(parts.folder, `${server.name}.yml`)
  // They read YAML, and JSON is YAML.
  await writeFile(file, JSON.stringify(server.config, undefined, 2))
  const address = `127.0.0.1:${String(await wantedOrFreePort(server.port))}`
  const url = `http://${address}`
  const own = [`--config.file=${file}`, `--web.listen-address=${address}`]
  parts.onStop(await startChild(server.command, [...own, ...server.args], url, parts))
  return url
}
