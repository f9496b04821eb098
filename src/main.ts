#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WebSource } from './access.ts'
import type { Exporter } from './app.ts'
import { startExporter } from './app.ts'
import type { RunOptions, SimulateOptions } from './cli.ts'
import { helpText, parseCli } from './cli.ts'
import { formatProblems } from './config/config.ts'
import { formatPlan, planOf } from './config/plan.ts'
import { readConfigApart } from './config/read-apart.ts'
import { readConfig } from './config/read.ts'
import { shardOfRead } from './config/shard.ts'
import { readWebConfig } from './config/web-config.ts'
import type { Logger } from './logger.ts'
import { createLogger } from './logger.ts'
import type { Clock } from './room.ts'
import type { StateSource } from './state.ts'
import { openState } from './state.ts'

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
}

/** Ends the program with one line on standard error. */
function fail(line: string, code: 1 | 2): never {
  process.stderr.write(`${line}\n`)
  process.exit(code)
}

const textOf = (error: unknown) =>
  error instanceof Object && 'message' in error ? String(error.message) : String(error)

async function readBuild() {
  const read = async (name: string) =>
    readFile(new URL(name, import.meta.url), 'utf8').catch(() => '')
  const { version } = JSON.parse(await read('../package.json')) as { version: string }
  const revision = (await read('revision')).trim() || 'unknown'
  return { version, revision, nodeVersion: process.version }
}

function loggerFor(options: {
  logLevel: RunOptions['logLevel']
  logFormat: RunOptions['logFormat']
}) {
  return createLogger({ level: options.logLevel, format: options.logFormat }, (line) => {
    process.stderr.write(line)
  })
}

/**
 * Runs what `stopper` gives at the first SIGTERM or SIGINT and exits; a second one exits at once.
 * Called before anything is started, so that a signal never finds the program without it.
 */
function stopOnSignal(stopper: () => Promise<() => Promise<void>>): () => void {
  let isStopping = false
  const stop = async () => (await stopper())()
  const end = () => {
    if (isStopping) process.exit(1)
    isStopping = true
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(textOf(error), 1),
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  return end
}

async function check(options: RunOptions): Promise<void> {
  const read = await readConfig(options.configFile, process.env)
  const web =
    options.webConfigFile === undefined ? [] : [await readWebConfig(options.webConfigFile)]
  const problems = [read, ...web].flatMap((result) => ('problems' in result ? result.problems : []))
  if ('problems' in read || problems.length > 0) fail(formatProblems(problems).join('\n'), 1)
  const warnings = [read, ...web].flatMap((result) => ('warnings' in result ? result.warnings : []))
  const lines = [...formatProblems(warnings), ...formatPlan(planOf(read.config))]
  process.stdout.write(`${lines.join('\n')}\n`)
}

async function webSource(path: string | undefined): Promise<WebSource | undefined> {
  if (path === undefined) return undefined
  const read = () => readWebConfig(path)
  const initial = await read()
  if ('problems' in initial) fail(formatProblems(initial.problems).join('\n'), 1)
  return { initial, read }
}

async function stateSource(path: string | undefined): Promise<StateSource | undefined> {
  if (path === undefined) return undefined
  const state = await openState(path, clock)
  if ('problem' in state) fail(`rtc-room-exporter: ${state.problem}`, 1)
  return state
}

async function run(options: RunOptions): Promise<void> {
  const log = loggerFor(options)
  const { configFile, shard } = options
  const initial = shardOfRead(await readConfig(configFile, process.env), shard)
  if ('problems' in initial) fail(formatProblems(initial.problems).join('\n'), 1)
  const web = await webSource(options.webConfigFile)
  const state = await stateSource(options.stateFile)
  const build = await readBuild()
  log.info('starting', { version: build.version, revision: build.revision })
  const quit = stopOnSignal(async () => {
    const exporter = await starting
    log.info('stopping')
    return exporter.stop
  })
  const starting: Promise<Exporter> = startExporter({
    settings: {
      ...options,
      autoReloadIntervalMs: options.isAutoReload ? options.autoReloadIntervalMs : undefined,
    },
    initial,
    readConfig: () => readConfigApart(configFile, process.env, shard),
    web,
    state,
    log,
    clock,
    build,
    quit,
    broke,
  })
  const exporter = await starting
  process.on('SIGHUP', () => void exporter.reload('signal'))
}

/** A bug outside any one poll: better a restart than values that nobody vouches for. */
function broke(error: unknown): never {
  fail(error instanceof Error ? (error.stack ?? error.message) : String(error), 1)
}

// The demo and the simulator are loaded when they are wanted: an exporter starts sooner without.
async function demo(options: SimulateOptions, log: Logger): Promise<void> {
  const { findChain } = await import('./demo/chain.ts')
  const { startDemo } = await import('./demo/demo.ts')
  const chain = options.hasPrometheus ? await findChain() : undefined
  if (chain !== undefined && 'problem' in chain) fail(`rtc-room-exporter: ${chain.problem}`, 1)
  const leaving = new AbortController()
  process.once('exit', () => {
    leaving.abort()
  })
  const { signal } = leaving
  const build = await readBuild()
  const deploy = new URL('../deploy/', import.meta.url)
  const starting = startDemo(options, { log, clock, build, broke, chain, deploy, signal })
  const end = stopOnSignal(async () => (await starting).stop)
  // Sent when the terminal is closed; the programs beside the demo must not outlive it.
  process.on('SIGHUP', end)
  process.stdout.write(`${(await starting).lines.join('\n')}\n`)
}

async function simulate(options: SimulateOptions): Promise<void> {
  const log = loggerFor(options)
  if (options.isDemo) return demo(options, log)
  const { runSimulator } = await import('./simulator/run.ts')
  const { host = '0.0.0.0', port } = options.listenAddress
  const starting = runSimulator({ ...options, listen: { host, port } }, log)
  stopOnSignal(async () => (await starting).close)
  await starting
}

async function main(): Promise<void> {
  const command = parseCli(process.argv.slice(2))
  if ('usage' in command) fail(`rtc-room-exporter: ${command.usage}`, 2)
  switch (command.command) {
    case 'help':
      process.stdout.write(`${helpText()}\n`)
      return
    case 'version':
      process.stdout.write(`rtc-room-exporter ${(await readBuild()).version}\n`)
      return
    case 'simulate':
      return simulate(command)
    case 'run':
      return command.isCheck ? check(command) : run(command)
    default:
      command satisfies never
  }
}

process.on('uncaughtException', broke)
process.on('unhandledRejection', broke)
main().catch((error: unknown) => {
  const isSystemError = error instanceof Object && 'code' in error && 'syscall' in error
  if (isSystemError) fail(`rtc-room-exporter: ${textOf(error)}`, 1)
  broke(error)
})
