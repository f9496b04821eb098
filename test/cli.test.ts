import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { helpText, parseCli } from '../src/cli.ts'
import { flags } from '../src/config/flags.ts'

const defaults = {
  command: 'run',
  configFile: 'config/exporter.yml',
  isCheck: false,
  isAutoReload: false,
  autoReloadIntervalMs: 30_000,
  listenAddresses: [{ port: 10_640 }],
  telemetryPath: '/metrics',
  webConfigFile: undefined,
  isLifecycleEnabled: false,
  stateFile: undefined,
  shard: { index: 0, count: 1 },
  logLevel: 'info',
  logFormat: 'logfmt',
}
const simulateDefaults = {
  command: 'simulate',
  listenAddress: { host: '127.0.0.1', port: 10_641 },
  seed: 1,
  rooms: 60,
  qps: 40,
  latencyMs: [20, 120],
  configOut: undefined,
  isDemo: false,
  hasPrometheus: false,
  logLevel: 'info',
  logFormat: 'logfmt',
}

test('without flags everything has its default', () => {
  expect(parseCli([])).toEqual(defaults)
  expect(parseCli(['simulate'])).toEqual(simulateDefaults)
})

const rightFlags: [string, object][] = [
  ['--config.file=a.yml', { configFile: 'a.yml' }],
  ['--config.check', { isCheck: true }],
  ['--config.enable-auto-reload', { isAutoReload: true }],
  ['--config.auto-reload-interval=1m30s', { autoReloadIntervalMs: 90_000 }],
  ['--web.listen-address=:0', { listenAddresses: [{ port: 0 }] }],
  ['--web.listen-address=[::1]:10640', { listenAddresses: [{ host: '::1', port: 10_640 }] }],
  ['--web.listen-address=localhost:1', { listenAddresses: [{ host: 'localhost', port: 1 }] }],
  ['--web.telemetry-path=/rtc/metrics', { telemetryPath: '/rtc/metrics' }],
  ['--web.config.file=web.yml', { webConfigFile: 'web.yml' }],
  ['--web.enable-lifecycle', { isLifecycleEnabled: true }],
  ['--state.file=/var/lib/state', { stateFile: '/var/lib/state' }],
  ['--shard.count=3', { shard: { index: 0, count: 3 } }],
  ['--log.level=debug', { logLevel: 'debug' }],
  ['--log.format=json', { logFormat: 'json' }],
]

test.each(rightFlags)('%s is understood, with = and with a space', (flag, change) => {
  expect(parseCli([flag])).toEqual({ ...defaults, ...change })
  expect(parseCli(flag.split('='))).toEqual({ ...defaults, ...change })
})

const rightSimulateFlags: [string, object][] = [
  ['--listen=0.0.0.0:0', { listenAddress: { host: '0.0.0.0', port: 0 } }],
  ['--seed=7', { seed: 7 }],
  ['--rooms=5000', { rooms: 5000 }],
  ['--qps=12.5', { qps: 12.5 }],
  ['--latency=0-1s', { latencyMs: [0, 1000] }],
  ['--config.out=/tmp/c.yml', { configOut: '/tmp/c.yml' }],
  ['--demo', { isDemo: true }],
]

test.each(rightSimulateFlags)('simulate %s is understood', (flag, change) => {
  expect(parseCli(['simulate', flag])).toEqual({ ...simulateDefaults, ...change })
  expect(parseCli(['simulate', ...flag.split('=')])).toEqual({ ...simulateDefaults, ...change })
})

test('the demo can bring its Prometheus', () => {
  expect(parseCli(['simulate', '--demo', '--with-prometheus'])).toEqual({
    ...simulateDefaults,
    isDemo: true,
    hasPrometheus: true,
  })
})

test('listen addresses add up, a shard has its index', () => {
  const argv = ['--web.listen-address=:1', '--web.listen-address', '127.0.0.1:2']
  expect(parseCli([...argv, '--shard.index=2', '--shard.count=3'])).toEqual({
    ...defaults,
    listenAddresses: [{ port: 1 }, { host: '127.0.0.1', port: 2 }],
    shard: { index: 2, count: 3 },
  })
})

test('help and version are commands of their own', () => {
  expect(parseCli(['--help'])).toEqual({ command: 'help' })
  expect(parseCli(['-h', '--log.level=loud'])).toEqual({ command: 'help' })
  expect(parseCli(['simulate', '--help'])).toEqual({ command: 'help' })
  expect(parseCli(['--version'])).toEqual({ command: 'version' })
})

const addressWanted = 'want HOST:PORT or :PORT, an IPv6 host in brackets'

test.each([
  ['--config.fil=x', 'unknown flag "--config.fil", did you mean "--config.file"'],
  ['--Config.Check', 'unknown flag "--Config.Check", did you mean "--config.check"'],
  ['--qps=3', 'unknown flag "--qps", want one that --help lists'],
  ['--__proto__=1', 'unknown flag "--__proto__", want one that --help lists'],
  ['-x', 'unknown flag "-x", want one that --help lists'],
  ['config.yml', 'unexpected argument "config.yml", want flags such as --config.file=PATH'],
  ['simulat', 'unexpected argument "simulat", want "simulate" as the first argument'],
  [
    '--config.check simulate',
    'unexpected argument "simulate", want "simulate" as the first argument',
  ],
  ['--config.file', '--config.file has no value, want --config.file=PATH'],
  ['--config.file --config.check', '--config.file has no value, want --config.file=PATH'],
  ['--config.file=', '--config.file is "", want a path'],
  ['--config.file=a --config.file=b', '--config.file is given twice, want it once'],
  ['--config.check=true', '--config.check has the value "true", want it without one'],
  ['--log.level=loud', '--log.level is "loud", want debug, info, warn or error'],
  ['--log.format=xml', '--log.format is "xml", want logfmt or json'],
  [
    '--config.auto-reload-interval=30',
    '--config.auto-reload-interval is "30", want a duration such as 30s or 1m30s, at most 24d',
  ],
  [
    '--config.auto-reload-interval=0s',
    '--config.auto-reload-interval is "0s", want a duration such as 30s or 1m30s, at most 24d',
  ],
  ['--web.listen-address=10640', `--web.listen-address is "10640", ${addressWanted}`],
  [
    '--web.listen-address=:1 --web.listen-address=:65536',
    `--web.listen-address is ":65536", ${addressWanted}`,
  ],
  ['--web.listen-address=::1:80', `--web.listen-address is "::1:80", ${addressWanted}`],
  ['--web.listen-address=http://a:80', `--web.listen-address is "http://a:80", ${addressWanted}`],
  [
    '--web.telemetry-path=metrics',
    '--web.telemetry-path is "metrics", want a path such as /metrics that is not /config, /-/… or /api/…',
  ],
  [
    '--web.telemetry-path=/-/metrics',
    '--web.telemetry-path is "/-/metrics", want a path such as /metrics that is not /config, /-/… or /api/…',
  ],
  ['--shard.index=1', '--shard.index is "1", want less than --shard.count'],
  ['--shard.index=-1', '--shard.index is "-1", want a whole number, 0 or more'],
  ['--shard.count=0', '--shard.count is "0", want a whole number, 1 to 10000'],
  ['--shard.count=1.5', '--shard.count is "1.5", want a whole number, 1 to 10000'],
  ['simulate --config.check', 'unknown flag "--config.check", want one that --help lists'],
  ['simulate --with-prometheus', '--with-prometheus is true, want it together with --demo'],
  ['simulate --qps=0', '--qps is "0", want a number more than 0 and at most 100000'],
  [
    'simulate --latency=120ms-20ms',
    '--latency is "120ms-20ms", want two durations such as 20ms-120ms, the shorter one first',
  ],
  [
    'simulate --latency=20ms',
    '--latency is "20ms", want two durations such as 20ms-120ms, the shorter one first',
  ],
])('%s is wrong usage', (line, usage) => {
  expect(parseCli(line.split(' '))).toEqual({ usage })
})

test('arguments of any kind are answered, with one line where they are wrong', () => {
  const argument = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...flags.run, ...flags.simulate).map(({ name }) => `--${name}`),
    fc.tuple(fc.constantFrom(...flags.run), fc.string()).map(([{ name }, v]) => `--${name}=${v}`),
  )
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 5 }), (argv) => {
      const command = parseCli(argv)
      if ('usage' in command) expect(command.usage).toMatch(/^[^\n]+, want|did you mean [^\n]+$/)
    }),
  )
})

test('every flag of the command line is in the help text', () => {
  const text = helpText()
  const contract = [
    ['--config.file=PATH', 'config/exporter.yml'],
    ['--config.check'],
    ['--config.enable-auto-reload'],
    ['--config.auto-reload-interval=DURATION', '30s'],
    ['--web.listen-address=HOST:PORT', ':10640'],
    ['--web.telemetry-path=PATH', '/metrics'],
    ['--web.config.file=PATH'],
    ['--web.enable-lifecycle'],
    ['--state.file=PATH'],
    ['--shard.index=N', '0'],
    ['--shard.count=M', '1'],
    ['--log.level=LEVEL', 'info'],
    ['--log.format=FORMAT', 'logfmt'],
    ['--version'],
    ['--help'],
  ]
  for (const [flag, standard] of contract) {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`  ${String(flag)} `))
    expect(line).toBeDefined()
    if (standard !== undefined) expect(line).toContain(`(default ${standard})`)
  }
  expect(flags.run.map(({ name }) => name)).toEqual(
    contract.map(([flag]) => flag?.replace(/^--|=.*$/g, '')),
  )
  for (const { name } of flags.simulate) expect(text).toContain(`  --${name}`)
})
