/** A flag of the command line, as data: the help text is made from it. */
export interface Flag {
  readonly name: string
  /** Stands for the value in the help text; a flag without one is a switch. */
  readonly value?: string
  /** The text that stands in for the flag when it is not given. */
  readonly default?: string
  readonly isRepeatable?: true
  readonly help: string
}

const helpFlag: Flag = { name: 'help', help: 'print this text (also -h)' }
const logFlags: readonly Flag[] = [
  { name: 'log.level', value: 'LEVEL', default: 'info', help: 'debug, info, warn or error' },
  {
    name: 'log.format',
    value: 'FORMAT',
    default: 'logfmt',
    help: 'logfmt or json; logs go to standard error',
  },
]

/** Every flag of either command, in the order of the help text. */
export const flags: Readonly<Record<'run' | 'simulate', readonly Flag[]>> = {
  run: [
    {
      name: 'config.file',
      value: 'PATH',
      default: 'config/exporter.yml',
      help: 'configuration file',
    },
    {
      name: 'config.check',
      help: 'read and check everything, print the plan, exit 0 or 1; no network',
    },
    {
      name: 'config.enable-auto-reload',
      help: 'reload when the content of the configuration or of a file that it names changes',
    },
    {
      name: 'config.auto-reload-interval',
      value: 'DURATION',
      default: '30s',
      help: 'how often the content is looked at',
    },
    {
      name: 'web.listen-address',
      value: 'HOST:PORT',
      default: ':10640',
      isRepeatable: true,
      help: 'where to listen; [::1]:10640 and port 0 work; repeatable',
    },
    {
      name: 'web.telemetry-path',
      value: 'PATH',
      default: '/metrics',
      help: 'where the metrics are',
    },
    {
      name: 'web.config.file',
      value: 'PATH',
      help: 'TLS and basic auth in the Prometheus exporter-toolkit format',
    },
    { name: 'web.enable-lifecycle', help: 'allow POST /-/reload and POST /-/quit' },
    { name: 'state.file', value: 'PATH', help: 'snapshot for a warm restart' },
    {
      name: 'shard.index',
      value: 'N',
      default: '0',
      help: 'poll and export only the rooms of this shard, counted from 0',
    },
    { name: 'shard.count', value: 'M', default: '1', help: 'how many shards there are' },
    ...logFlags,
    { name: 'version', help: 'print the version' },
    helpFlag,
  ],
  simulate: [
    {
      name: 'listen',
      value: 'HOST:PORT',
      default: '127.0.0.1:10641',
      help: 'where the simulated RTC API listens',
    },
    {
      name: 'seed',
      value: 'N',
      default: '1',
      help: 'the same seed gives the same rooms at the same times',
    },
    {
      name: 'rooms',
      value: 'N',
      default: '60',
      help: 'how many simulated rooms a written configuration lists',
    },
    { name: 'qps', value: 'N', default: '40', help: 'requests allowed in any sliding second' },
    { name: 'latency', value: 'MIN-MAX', default: '20ms-120ms', help: 'how long an answer takes' },
    {
      name: 'config.out',
      value: 'FILE',
      help: 'write an exporter configuration that lists the rooms',
    },
    { name: 'demo', help: 'also start an exporter that watches the simulated rooms' },
    {
      name: 'with-prometheus',
      help: 'with --demo, also start the installed Prometheus and Alertmanager on the exporter',
    },
    ...logFlags,
    helpFlag,
  ],
}
