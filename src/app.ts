import type { WebSource } from './access.ts'
import { serve } from './access.ts'
import type { Config } from './config/config.ts'
import { formatProblems } from './config/config.ts'
import type { Plan } from './config/plan.ts'
import { formatPlan, planOf } from './config/plan.ts'
import type { ReadResult } from './config/read.ts'
import { expandGlobs } from './config/globs.ts'
import { watchContent } from './config/watch.ts'
import type { Build, ExporterState } from './exposition/exporter-metrics.ts'
import { createExporterMetrics } from './exposition/exporter-metrics.ts'
import { createMetricsHandler } from './exposition/handler.ts'
import { createScrape } from './exposition/scrape.ts'
import { createFleet } from './fleet.ts'
import type { Logger } from './logger.ts'
import type { Clock } from './room.ts'
import { inRounds } from './rounds.ts'
import type { StateSource } from './state.ts'
import { keepState, logRestored } from './state.ts'
import { createView } from './view.ts'
import { viewRoutes } from './web/routes.ts'
import type { Address } from './web/listen.ts'
import type { Handler, Route } from './web/server.ts'
import { createListener, sendText } from './web/server.ts'

/** A configuration that can be used. */
export type ReadConfig = Extract<ReadResult, { config: Config }>

/** How the last attempt to read the configuration went. */
interface ConfigReload {
  readonly succeeded: boolean
  /** When the one in force was read, Unix milliseconds. */
  readonly lastSuccessMs: number
  /** What was wrong, a line each. */
  readonly problems: readonly string[]
}

/** What the command line says about a run. */
export interface Settings {
  readonly listenAddresses: readonly Address[]
  readonly telemetryPath: string
  readonly shard: { readonly index: number; readonly count: number }
  /** Whether `POST /-/reload` and `POST /-/quit` are allowed. */
  readonly isLifecycleEnabled: boolean
  /** How often the configuration is looked at for changes, in milliseconds; undefined = never. */
  readonly autoReloadIntervalMs?: number | undefined
}

/** What the exporter is built from. */
export interface ExporterParts {
  readonly settings: Settings
  /** The configuration to begin with: what of it is this shard's. */
  readonly initial: ReadConfig
  /** Reads it again. */
  readonly readConfig: () => Promise<ReadResult>
  /** TLS and users; absent: plain HTTP for everybody. */
  readonly web?: WebSource | undefined
  /** Where values outlive a restart; absent: nowhere. */
  readonly state?: StateSource | undefined
  readonly log: Logger
  readonly clock: Clock
  readonly build: Build
  /** Told when somebody asks over HTTP to stop the program. */
  readonly quit: () => void
  /** Told when the program cannot go on. */
  readonly broke: (error: unknown) => void
}

/** Running scrapes may take so long to finish when the program stops, in milliseconds. */
const closeDeadlineMs = 3000

/** The first sweep may take this many times as long as planned before `/-/ready` stops waiting for it. */
const sweepPatience = 2
const leastSweepDeadlineMs = 15_000

/**
 * Builds the exporter from its parts and runs it.
 * @throws the errors of listening, such as `EADDRINUSE`
 */
export async function startExporter({ initial, state: source, ...parts }: ExporterParts) {
  // Nothing that outlives the start holds `initial` and `source`: 100,000 rooms and their values.
  const { settings, log, clock, build } = parts
  const { shard, telemetryPath } = settings
  const stopping = new AbortController()
  const metrics = createExporterMetrics(build, state)
  const fleet = createFleet({
    clock,
    log,
    userAgent: `rtc-room-exporter/${build.version}`,
    answered: metrics.answered,
    retried: metrics.retried,
    accountAdded: metrics.addAccount,
    accountRemoved: metrics.removeAccount,
    broke: parts.broke,
  })
  let { config, plan, largestMaxAgeMs } = accept(initial)
  let configReload: ConfigReload = { succeeded: true, lastSuccessMs: clock.now(), problems: [] }
  const restored = await fleet.set(config, source?.left.values)
  if (source) logRestored(source, restored, log)
  const readyDeadline = clock.monotonic() + firstSweepDeadlineMs(plan)

  /** What is worked out of a configuration once, for it takes a look at every room. */
  function accept({ config, warnings }: ReadConfig) {
    for (const problem of formatProblems(warnings)) log.warn('configuration warning', { problem })
    const plan = planOf(config)
    for (const line of formatPlan(plan)) log.info('plan', { plan: line })
    const largestMaxAgeMs = config.rooms.reduce((most, room) => Math.max(most, room.maxAgeMs), 0)
    return { config, plan, largestMaxAgeMs }
  }

  const reload = inRounds(async (trigger: string): Promise<readonly string[]> => {
    const read = await parts.readConfig()
    if (stopping.signal.aborted) return []
    if ('problems' in read) {
      const problems = formatProblems(read.problems)
      configReload = { ...configReload, succeeded: false, problems }
      for (const problem of problems) log.error('configuration problem', { problem })
      log.error('configuration not reloaded, the old one stays', { trigger })
      return problems
    }
    const next = accept(read)
    await fleet.set(next.config)
    ;({ config, plan, largestMaxAgeMs } = next)
    configReload = { succeeded: true, lastSuccessMs: clock.now(), problems: [] }
    log.info('configuration reloaded', { trigger, rooms: config.rooms.length })
    return []
  })

  const watchedPaths = async () => [
    ...new Set([...config.files, ...(await expandGlobs(config.globs))]),
  ]

  const isInitialSweepComplete = () => fleet.sweep.completed() > 0 || fleet.table.count() === 0

  function state(): ExporterState {
    const sweepMs = fleet.sweep.lastMs()
    return {
      accounts: fleet.accounts(),
      rooms: fleet.table.counts(),
      sweepSeconds: sweepMs === undefined ? undefined : sweepMs / 1000,
      isInitialSweepComplete: isInitialSweepComplete(),
      oldestSuccessMs: fleet.table.oldestSuccessMs(),
      lastPollMs: fleet.lastPollMs(),
      largestMaxAgeMs,
      configReload,
      shard,
    }
  }

  const scrape = createScrape({ rooms: fleet.table, ownMetrics: metrics.text })
  const view = createView({
    fleet,
    clock,
    config: () => config,
    plan: () => plan,
    configReload: () => configReload,
    about: { version: build.version, telemetryPath, shard },
  })
  const lifecycle = (action: Handler): Handler =>
    settings.isLifecycleEnabled
      ? action
      : (_request, response) => {
          sendText(response, 403, 'not allowed, start with --web.enable-lifecycle')
        }
  const routes: Route[] = [
    { path: telemetryPath, get: createMetricsHandler({ scrape }) },
    ...viewRoutes(view),
    {
      path: '/-/healthy',
      get(_request, response) {
        const why = fleet.stalled()
        sendText(response, why === undefined ? 200 : 503, why ?? 'healthy')
      },
    },
    {
      path: '/-/ready',
      get(_request, response) {
        const isReady = isInitialSweepComplete() || clock.monotonic() > readyDeadline
        const left = fleet.sweep.remaining()
        const text = isReady ? 'ready' : `first sweep: ${String(left)} rooms to go`
        sendText(response, isReady ? 200 : 503, text)
      },
    },
    {
      path: '/-/reload',
      post: lifecycle(async (_request, response) => {
        const problems = await reload('http')
        const text = problems.length === 0 ? 'reloaded' : problems.join('\n')
        sendText(response, problems.length === 0 ? 200 : 500, text)
      }),
    },
    {
      path: '/-/quit',
      post: lifecycle((_request, response) => {
        sendText(response, 200, 'stopping')
        parts.quit()
      }),
    },
  ]
  const listener = createListener(routes, (error) => {
    log.error('request broke', { error: error instanceof Error ? error.stack : String(error) })
  })
  const listening = await serve(listener, { ...parts, addresses: settings.listenAddresses }).catch(
    (error: unknown) => {
      fleet.stop()
      throw error
    },
  )
  if (settings.autoReloadIntervalMs !== undefined)
    watchContent({
      paths: watchedPaths,
      intervalMs: settings.autoReloadIntervalMs,
      sleep: clock.sleep,
      signal: stopping.signal,
      onChange: async () => {
        await reload('watch')
      },
    }).catch(parts.broke)
  const stateKept = source && keepState(source.path, { fleet, log, clock, signal: stopping.signal })
  stateKept?.catch(parts.broke)
  for (const url of listening.urls)
    log.info('listening', { url, metrics: `${url}${telemetryPath}` })

  return {
    /** Where it listens. */
    urls: listening.urls,
    /** Takes over what the configuration file says now; gives the problems where it is invalid. One at a time. */
    reload,
    /** Begins no more polls, lets running scrapes finish, closes everything. */
    async stop() {
      fleet.stop()
      stopping.abort()
      const closed = new AbortController()
      const deadline = clock.sleep(closeDeadlineMs, closed.signal)
      await Promise.all([listening.close(closeDeadlineMs), Promise.race([stateKept, deadline])])
      closed.abort()
    },
  }
}

function firstSweepDeadlineMs({ accounts }: Plan): number {
  const sweeps = accounts.map(({ sweepMs }) => sweepMs)
  return Math.max(leastSweepDeadlineMs, sweepPatience * Math.max(0, ...sweeps))
}

/** A running exporter; see {@link startExporter}. */
export type Exporter = Awaited<ReturnType<typeof startExporter>>
