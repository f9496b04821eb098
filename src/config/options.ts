import { z } from 'zod'
import { parseDuration } from './duration.ts'

/** Where to listen; without a host on every address. Port 0 lets the system choose. */
export interface ListenAddress {
  readonly host?: string
  readonly port: number
}

function parsed<T>(wanted: string, parse: (text: string) => T | undefined) {
  return z.string().transform((text, context) => {
    const value = parse(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: wanted })
    return z.NEVER
  })
}

const whole = (wanted: string, least: number, most = Number.MAX_SAFE_INTEGER) =>
  parsed(wanted, (text) => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN
    return number >= least && number <= most ? number : undefined
  })

const path = z.string().min(1, 'want a path')

const address = parsed('want HOST:PORT or :PORT, an IPv6 host in brackets', (text) => {
  const [, bracketed, host = bracketed, port = ''] =
    /^(?:\[([0-9a-fA-F:.]+(?:%\w+)?)\]|([\w.-]+))?:(\d{1,5})$/.exec(text) ?? []
  if (port === '' || Number(port) > 65_535) return undefined
  return { ...(host !== undefined && { host }), port: Number(port) } satisfies ListenAddress
})

const interval = parsed('want a duration such as 30s or 1m30s, at most 24d', (text) => {
  const ms = parseDuration(text)
  return ms !== undefined && ms > 0 && ms <= 24 * 86_400_000 ? ms : undefined
})

const latency = parsed('want two durations such as 20ms-120ms, the shorter one first', (text) => {
  const [minMs, maxMs, ...rest] = text.split('-').map(parseDuration)
  const isRange = minMs !== undefined && maxMs !== undefined && minMs <= maxMs
  const range = [minMs ?? 0, maxMs ?? 0] as const
  return isRange && rest.length === 0 && maxMs <= 60_000 ? range : undefined
})

const telemetryPath = parsed(
  'want a path such as /metrics that is not /config, /-/… or /api/…',
  (text) =>
    /^(\/[\w.~-]+)+$/.test(text) && !/^\/(config$|-\/|api\/)/.test(text) ? text : undefined,
)

const rate = parsed('want a number more than 0 and at most 100000', (text) => {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN
  return number > 0 && number <= 100_000 ? number : undefined
})

const Log = z.object({
  'log.level': z.enum(['debug', 'info', 'warn', 'error'], 'want debug, info, warn or error'),
  'log.format': z.enum(['logfmt', 'json'], 'want logfmt or json'),
})

/** Checks the values of the flags of `rtc-room-exporter [flags]`. */
export const RunOptions = Log.extend({
  'config.file': path,
  'config.check': z.boolean(),
  'config.enable-auto-reload': z.boolean(),
  'config.auto-reload-interval': interval,
  'web.listen-address': z.array(address),
  'web.telemetry-path': telemetryPath,
  'web.config.file': path.optional(),
  'web.enable-lifecycle': z.boolean(),
  'state.file': path.optional(),
  'shard.index': whole('want a whole number, 0 or more', 0),
  'shard.count': whole('want a whole number, 1 to 10000', 1, 10_000),
})
  .refine((given) => given['shard.index'] < given['shard.count'], {
    path: ['shard.index'],
    message: 'want less than --shard.count',
  })
  .transform((given) => ({
    command: 'run' as const,
    configFile: given['config.file'],
    isCheck: given['config.check'],
    isAutoReload: given['config.enable-auto-reload'],
    autoReloadIntervalMs: given['config.auto-reload-interval'],
    listenAddresses: given['web.listen-address'],
    telemetryPath: given['web.telemetry-path'],
    webConfigFile: given['web.config.file'],
    isLifecycleEnabled: given['web.enable-lifecycle'],
    stateFile: given['state.file'],
    shard: { index: given['shard.index'], count: given['shard.count'] },
    logLevel: given['log.level'],
    logFormat: given['log.format'],
  }))

/** Checks the values of the flags of `rtc-room-exporter simulate [flags]`. */
export const SimulateOptions = Log.extend({
  listen: address,
  seed: whole('want a whole number, 0 to 4294967295', 0, 4_294_967_295),
  rooms: whole('want a whole number, 1 to 1000000', 1, 1_000_000),
  qps: rate,
  latency,
  'config.out': path.optional(),
  demo: z.boolean(),
  'with-prometheus': z.boolean(),
})
  .refine((given) => given.demo || !given['with-prometheus'], {
    path: ['with-prometheus'],
    message: 'want it together with --demo',
  })
  .transform((given) => ({
    command: 'simulate' as const,
    listenAddress: given.listen,
    seed: given.seed,
    rooms: given.rooms,
    qps: given.qps,
    latencyMs: given.latency,
    configOut: given['config.out'],
    isDemo: given.demo,
    hasPrometheus: given['with-prometheus'],
    logLevel: given['log.level'],
    logFormat: given['log.format'],
  }))

/** What `rtc-room-exporter [flags]` was asked for; durations in milliseconds. */
export type RunOptions = z.output<typeof RunOptions>

/** What `rtc-room-exporter simulate [flags]` was asked for; durations in milliseconds. */
export type SimulateOptions = z.output<typeof SimulateOptions>
