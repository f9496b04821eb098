import type { WebSource } from '../../src/access.ts'
import type { Exporter } from '../../src/app.ts'
import { startExporter } from '../../src/app.ts'
import { formatProblems } from '../../src/config/config.ts'
import type { ReadResult } from '../../src/config/read.ts'
import { readConfig } from '../../src/config/read.ts'
import type { Logger } from '../../src/logger.ts'
import type { Clock } from '../../src/room.ts'
import { realClock } from './clock.ts'
import { closeLater, configFile } from './trial.ts'

/** A log that keeps nothing. */
export const silentLog: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** What an exporter in this process is run with. */
interface InProcess {
  /** Reads its configuration. */
  readonly read: () => Promise<ReadResult>
  readonly web?: WebSource
  readonly log?: Logger
  readonly clock?: Clock
  readonly isLifecycleEnabled?: boolean
  /** Told of a bug. Default: it is thrown, where nobody catches it. */
  readonly broke?: (error: unknown) => void
}

/**
 * Runs an exporter in this process on a free port, until it is stopped.
 * @throws when the configuration is invalid
 */
export async function startInProcess({
  read,
  web,
  log = silentLog,
  clock = realClock,
  isLifecycleEnabled = false,
  broke = (error) => {
    throw error
  },
}: InProcess): Promise<{ url: string; exporter: Exporter }> {
  const initial = await read()
  if ('problems' in initial) throw new Error(formatProblems(initial.problems).join('\n'))
  const exporter = await startExporter({
    settings: {
      listenAddresses: [{ host: '127.0.0.1', port: 0 }],
      telemetryPath: '/metrics',
      shard: { index: 0, count: 1 },
      isLifecycleEnabled,
    },
    initial,
    readConfig: read,
    web,
    log,
    clock,
    build: { version: '0.0.0', revision: 'test', nodeVersion: process.version },
    quit: () => undefined,
    broke,
  })
  return { url: exporter.urls[0] ?? '', exporter }
}

/**
 * The same by the text of a configuration; stopped after the test. A bug in it is thrown by
 * `checkWhole`.
 * @throws when the configuration is invalid
 */
export async function runInProcess(
  text: string,
  { log, clock }: Pick<InProcess, 'log' | 'clock'> = {},
): Promise<{ url: string; exporter: Exporter; checkWhole: () => void }> {
  const file = await configFile(text)
  const bugs: unknown[] = []
  const { url, exporter } = await startInProcess({
    read: () => readConfig(file, {}),
    ...(log && { log }),
    ...(clock && { clock }),
    isLifecycleEnabled: true,
    broke: (error) => bugs.push(error),
  })
  closeLater(exporter.stop)
  return {
    url,
    exporter,
    checkWhole() {
      if (bugs.length > 0) throw new AggregateError(bugs, 'the exporter broke')
    },
  }
}
