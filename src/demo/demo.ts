import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startExporter } from '../app.ts'
import type { SimulateOptions } from '../cli.ts'
import { readConfig } from '../config/read.ts'
import type { Build } from '../exposition/exporter-metrics.ts'
import { runSimulator } from '../simulator/run.ts'
import type { ChainCommands } from './chain.ts'
import { startChain } from './chain.ts'
import type { ChildParts } from './child.ts'
import { onWantedOrFree } from './ports.ts'

/** What the demo is built from. */
export interface DemoParts extends ChildParts {
  readonly build: Build
  readonly broke: (error: unknown) => void
  /** Prometheus and Alertmanager are started too where this says how they are called. */
  readonly chain: ChainCommands | undefined
  /** Where the shipped rules and routes are. */
  readonly deploy: URL
}

/** A demo that runs. */
export interface Demo {
  /** Where everything is, for a person to read. */
  readonly lines: readonly string[]
  /** Stops everything and removes what was written. */
  stop(): Promise<void>
}

const exporterPort = 10640

/**
 * Starts the simulated API, an exporter that watches its rooms and, where asked for, the chain
 * behind it. When a part cannot start, those before it are stopped.
 */
export async function startDemo(options: SimulateOptions, parts: DemoParts): Promise<Demo> {
  const stops: (() => Promise<void>)[] = []
  const onStop = (stop: () => Promise<void>) => void stops.push(stop)
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each()
  }
  try {
    return { lines: await startParts(options, parts, onStop), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startParts(
  options: SimulateOptions,
  { chain, ...parts }: DemoParts,
  onStop: (stop: () => Promise<void>) => void,
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rtc-room-exporter-demo-'))
  onStop(() => rm(folder, { recursive: true }))
  const { host = '127.0.0.1', port: wanted } = options.listenAddress
  const simulator = await onWantedOrFree(wanted, (port) =>
    runSimulator({ ...options, listen: { host, port } }, parts.log),
  )
  onStop(simulator.close)
  const file = join(folder, 'exporter.yml')
  await writeFile(file, simulator.config)
  const read = () => readConfig(file, {})
  const initial = await read()
  if ('problems' in initial) throw new Error(initial.problems.map((p) => p.message).join('\n'))
  const exporter = await onWantedOrFree(exporterPort, (port) =>
    startExporter({
      settings: {
        listenAddresses: [{ host: '127.0.0.1', port }],
        telemetryPath: '/metrics',
        shard: { index: 0, count: 1 },
        isLifecycleEnabled: false,
      },
      initial,
      readConfig: read,
      quit: () => undefined,
      ...parts,
    }),
  )
  onStop(exporter.stop)
  const [exporterUrl = ''] = exporter.urls
  const chainLines =
    chain === undefined ? [] : await startChain(chain, { ...parts, folder, exporterUrl, onStop })
  return [
    `exporter   ${exporterUrl}`,
    `metrics    ${exporterUrl}/metrics`,
    `simulator  ${simulator.url}`,
    ...chainLines,
    `watching   ${String(initial.config.rooms.length)} rooms, values appear within seconds; Ctrl-C ends it`,
  ]
}
