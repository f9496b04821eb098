import type { Exporter } from '../../src/app.ts'
import { startExporter } from '../../src/app.ts'
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

/**
 * Runs an exporter in this process on a free port, by the text of a configuration; stopped after
 * the test. A bug in it is thrown by `checkWhole`.
 * @throws when the configuration is invalid
 */
export async function runInProcess(
  text: string,
  { log = silentLog, clock = realClock }: { log?: Logger; clock?: Clock } = {},
): Promise<{ url: string; exporter: Exporter; checkWhole: () => void }> {
  const file = await configFile(text)
  const read = () => readConfig(file, {})
  const initial = await read()
  if ('problems' in initial) throw new Error(initial.problems.map((p) => p.message).join('\n'))
  const bugs: unknown[] = []
  const exporter = await startExporter({
    settings: {
      listenAddresses: [{ host: '127.0.0.1', port: 0 }],
      telemetryPath: '/metrics',
      shard: { index: 0, count: 1 },
      isLifecycleEnabled: true,
    },
    initial,
    readConfig: read,
    log,
    clock,
    build: { version: '0.0.0', revision: 'test', nodeVersion: process.version },
    quit: () => undefined,
    broke: (error) => bugs.push(error),
  })
  closeLater(exporter.stop)
  return {
    url: exporter.urls[0] ?? '',
    exporter,
    checkWhole() {
      if (bugs.length > 0) throw new AggregateError(bugs, 'the exporter broke')
    },
  }
}
