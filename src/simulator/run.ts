import { writeFile } from 'node:fs/promises'
import { demoConfig, demoRooms } from './demo.ts'
import { createSimulator } from './server.ts'
import type { Listen, Simulator } from './server.ts'

/** What the command line of `simulate` says. */
export interface RunOptions {
  readonly listen: Listen
  readonly seed: number
  /** How many rooms there are. */
  readonly rooms: number
  readonly qps: number
  /** Least and most time before an answer, in milliseconds. */
  readonly latencyMs: readonly [number, number]
  /** Where to write a configuration for the exporter. */
  readonly configOut?: string | undefined
}

/** Where the log lines go. */
export interface RunLog {
  info(message: string, fields?: Readonly<Record<string, string | number>>): void
}

/** A running simulator and the text of a configuration that watches all its rooms. */
export interface RunningSimulator extends Simulator {
  readonly config: string
}

/**
 * Starts the simulator as a program does. The caller closes it.
 * @throws the system's error when it cannot listen or the configuration cannot be written.
 */
export async function runSimulator(options: RunOptions, log: RunLog): Promise<RunningSimulator> {
  const { configOut, rooms: count, ...given } = options
  const rooms = demoRooms(count)
  const simulator = await createSimulator({ ...given, rooms })
  const config = demoConfig({ endpoint: simulator.url, rooms })
  log.info('simulated RTC API listening', {
    url: simulator.url,
    rooms: count,
    qps: options.qps,
  })
  if (configOut !== undefined) {
    await writeFile(configOut, config).catch(async (error: unknown) => {
      await simulator.close()
      throw error
    })
    log.info('configuration written', { file: configOut })
  }
  return { ...simulator, config }
}
