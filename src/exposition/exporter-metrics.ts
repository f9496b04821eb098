import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Answer } from '../room.ts'
import { failureReasons } from '../room.ts'

/** What is true of one account when the metrics are read. */
export interface AccountState {
  readonly account: string
  /** Requests a second that may be spent now, and that the configured intervals ask for. */
  readonly budgetQps: number
  readonly demandQps: number
  readonly inFlight: number
  readonly isCircuitOpen: boolean
}

/** What is true of the whole exporter when the metrics are read. */
export interface ExporterState {
  readonly accounts: readonly AccountState[]
  readonly rooms: { readonly fresh: number; readonly stale: number; readonly pending: number }
  readonly sweepSeconds: number | undefined
  readonly isInitialSweepComplete: boolean
  /** Unix milliseconds; undefined where there was none. */
  readonly oldestSuccessMs: number | undefined
  readonly lastPollMs: number | undefined
  readonly largestMaxAgeMs: number
  readonly configReload: { readonly succeeded: boolean; readonly lastSuccessMs: number }
  readonly shard: { readonly index: number; readonly count: number }
}

/** What names this build in `rtc_exporter_build_info`. */
export interface Build {
  readonly version: string
  readonly revision: string
  readonly nodeVersion: string
}

const aboutTheRoom = (answer: Answer): boolean =>
  answer.reading.kind !== 'failed' || answer.reading.failure.reason === 'room_config'

/** What prom-client makes of a measurement that has no samples yet, such as the event loop's lag. */
const notANumber = /^.* Nan\n/gm

/**
 * The exporter's metrics about itself, in a registry of their own. Gauges are read from `state` at
 * each scrape, counters and the histogram are kept here.
 */
export function createExporterMetrics(build: Build, state: () => ExporterState) {
  const registry = new Registry()
  /** Taken once for each text: to count 100,000 rooms again for every gauge would stall the loop. */
  let current: ExporterState | undefined
  const registers = [registry]
  const account = ['account'] as const

  /** A gauge that is set anew from the state at every scrape; what is not set then is absent. */
  function gauge(
    name: string,
    help: string,
    values: (
      now: ExporterState,
    ) => readonly (readonly [Record<string, string>, number | undefined])[],
    labelNames: readonly string[] = [],
  ) {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        if (labelNames.length === 0) this.remove()
        for (const [labels, value] of current === undefined ? [] : values(current))
          if (value !== undefined) this.set(labels, value)
      },
    })
  }
  const single = (
    name: string,
    help: string,
    value: (now: ExporterState) => number | undefined,
  ) => {
    gauge(name, help, (now) => [[{}, value(now)]])
  }
  const perAccount = (name: string, help: string, value: (of: AccountState) => number) => {
    gauge(
      name,
      help,
      (now) => now.accounts.map((of) => [{ account: of.account }, value(of)]),
      account,
    )
  }
  const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000)

  const up = new Gauge({
    name: 'rtc_up',
    help: "Whether the account's last finished request got an answer about the room.",
    labelNames: account,
    registers,
  })
  gauge(
    'rtc_exporter_build_info',
    'Always 1; version, revision and Node.js version of the exporter.',
    () => [
      [{ version: build.version, revision: build.revision, node_version: build.nodeVersion }, 1],
    ],
    ['version', 'revision', 'node_version'],
  )
  gauge(
    'rtc_exporter_rooms',
    'Rooms that show a value, that have none although polled, and that were not polled yet.',
    ({ rooms }) => Object.entries(rooms).map(([name, count]) => [{ state: name }, count]),
    ['state'],
  )
  const requests = new Counter({
    name: 'rtc_exporter_api_requests_total',
    help: 'Requests to the API that were answered or failed, retries included.',
    labelNames: account,
    registers,
  })
  const failures = new Counter({
    name: 'rtc_exporter_api_request_failures_total',
    help: 'Requests to the API that failed, by reason.',
    labelNames: ['account', 'reason'] as const,
    registers,
  })
  const retries = new Counter({
    name: 'rtc_exporter_api_request_retries_total',
    help: 'Requests that asked once more after a failure.',
    labelNames: account,
    registers,
  })
  const duration = new Histogram({
    name: 'rtc_exporter_api_request_duration_seconds',
    help: 'Time from the start of a request to its last byte or failure.',
    labelNames: account,
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  perAccount(
    'rtc_exporter_api_requests_in_flight',
    'Requests under way.',
    ({ inFlight }) => inFlight,
  )
  perAccount(
    'rtc_exporter_budget_requests_per_second',
    'Requests a second that may be spent now; lowered while the API throttles.',
    ({ budgetQps }) => budgetQps,
  )
  perAccount(
    'rtc_exporter_demand_requests_per_second',
    'Requests a second that the configured intervals ask for.',
    ({ demandQps }) => demandQps,
  )
  perAccount(
    'rtc_exporter_circuit_open',
    'Whether the API refuses the keys of the account, so that only trial requests are made.',
    ({ isCircuitOpen }) => Number(isCircuitOpen),
  )
  single(
    'rtc_exporter_sweep_duration_seconds',
    'How long the last whole sweep took: every room polled at least once.',
    ({ sweepSeconds }) => sweepSeconds,
  )
  single(
    'rtc_exporter_initial_sweep_complete',
    'Whether every room has been polled since the start.',
    ({ isInitialSweepComplete }) => Number(isInitialSweepComplete),
  )
  single(
    'rtc_exporter_oldest_success_timestamp_seconds',
    'Unix time of the earliest last success of all rooms that had one.',
    ({ oldestSuccessMs }) => seconds(oldestSuccessMs),
  )
  single(
    'rtc_exporter_last_poll_timestamp_seconds',
    'Unix time of the last finished poll.',
    ({ lastPollMs }) => seconds(lastPollMs),
  )
  single(
    'rtc_exporter_max_age_seconds',
    'The largest age at which a value is still shown.',
    ({ largestMaxAgeMs }) => seconds(largestMaxAgeMs),
  )
  const skew = new Gauge({
    name: 'rtc_exporter_api_clock_skew_seconds',
    help: "Local time minus the time in the API's last answer.",
    registers,
  })
  skew.remove()
  single(
    'rtc_exporter_config_last_reload_successful',
    'Whether the last attempt to read the configuration succeeded.',
    ({ configReload }) => Number(configReload.succeeded),
  )
  single(
    'rtc_exporter_config_last_reload_success_timestamp_seconds',
    'Unix time of the last successful reading of the configuration.',
    ({ configReload }) => seconds(configReload.lastSuccessMs),
  )
  single(
    'rtc_exporter_shards',
    'Shards among which the rooms are divided.',
    ({ shard }) => shard.count,
  )
  gauge(
    'rtc_exporter_shard_info',
    'Always 1; the index of the shard that this process polls.',
    ({ shard }) => [[{ shard: String(shard.index) }, 1]],
    ['shard'],
  )
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 200 })
  for (const what of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`nodejs_active_${what}_total`)

  return {
    /** Makes an account's counters appear, at 0. */
    addAccount(name: string) {
      requests.inc({ account: name }, 0)
      retries.inc({ account: name }, 0)
      duration.zero({ account: name })
      for (const reason of failureReasons) failures.inc({ account: name, reason }, 0)
    },
    /** Forgets an account that has left the configuration. */
    removeAccount(name: string) {
      for (const metric of [up, requests, retries, duration]) metric.remove({ account: name })
      for (const reason of failureReasons) failures.remove({ account: name, reason })
    },
    /** Counts one request. */
    answered(name: string, answer: Answer) {
      requests.inc({ account: name })
      duration.observe({ account: name }, answer.durationMs / 1000)
      up.set({ account: name }, Number(aboutTheRoom(answer)))
      if (answer.clockSkewMs !== undefined) skew.set(answer.clockSkewMs / 1000)
      if (answer.reading.kind === 'failed')
        failures.inc({ account: name, reason: answer.reading.failure.reason })
    },
    /** Counts one retry. */
    retried(name: string) {
      retries.inc({ account: name })
    },
    /** The exposition text, of all families or of those named. */
    async text(names?: ReadonlySet<string>): Promise<string> {
      current = state()
      const chosen = registry.getMetricsAsArray().filter(({ name }) => names?.has(name) ?? true)
      const texts = chosen.map(({ name }) => registry.getSingleMetricAsString(name))
      const families = await Promise.all(texts)
      return families.map((text) => `${text}\n`.replace(notANumber, '')).join('')
    },
  }
}

/** See {@link createExporterMetrics}. */
export type ExporterMetrics = ReturnType<typeof createExporterMetrics>
