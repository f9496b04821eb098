import { color, colors, limit, words } from './appearance.ts'
import { lines, series, stacked, states } from './panels.ts'
import { exporters } from './selectors.ts'

const place = { width: 8, height: 8 }
const perInstance = (metric: string) => `max by (instance) (${metric}{${exporters}})`
const since = (metric: string) => `time() - min by (instance) (${metric}{${exporters}} > 0)`

/** How old the values are, and how long a poll of every room takes. */
export const freshness = [
  lines({
    ...place,
    title: 'Oldest value',
    description:
      'Age of the room value that was refreshed longest ago, and the largest age at which a value is still shown.',
    unit: 's',
    queries: [
      series(since('rtc_exporter_oldest_success_timestamp_seconds'), '{{instance}}'),
      series(perInstance('rtc_exporter_max_age_seconds'), '{{instance}} largest max_age'),
    ],
  }).overrideByRegexp('/ largest max_age$/', limit('red')),
  lines({
    ...place,
    title: 'Sweep',
    description: 'How long it takes until every room has been polled once.',
    unit: 's',
    queries: [series(perInstance('rtc_exporter_sweep_duration_seconds'), '{{instance}}')],
  }),
  stacked({
    ...place,
    title: 'Rooms by freshness',
    description:
      'Rooms with a value young enough to be shown, with one too old, and not polled yet. Each replica counts its own rooms; choose one instance to see one.',
    unit: 'short',
    queries: [series(`sum by (state) (rtc_exporter_rooms{${exporters}})`, '{{state}}')],
  })
    .overrideByName('fresh', color(colors.occupied))
    .overrideByName('stale', color('red'))
    .overrideByName('pending', color(colors.withoutValue)),
]

/** Whether what stands in the files is in force, and whether Prometheus gets it all. */
export const configuration = [
  states({
    ...place,
    title: 'Reloads',
    description: 'Whether the last reload of the configuration had succeeded.',
    queries: [series(perInstance('rtc_exporter_config_last_reload_successful'), '{{instance}}')],
  }).mappings(words({ 1: ['In force', 'green'], 0: ['Reload failed', 'red'] })),
  lines({
    ...place,
    title: 'Age of the configuration',
    description: 'Time since the last successful reload, or since the start.',
    unit: 's',
    queries: [
      series(since('rtc_exporter_config_last_reload_success_timestamp_seconds'), '{{instance}}'),
    ],
  }),
  lines({
    ...place,
    title: 'Scrapes',
    description:
      'How long Prometheus takes to scrape the exporter. A scrape never waits for the API.',
    unit: 's',
    queries: [series(perInstance('scrape_duration_seconds'), '{{instance}}')],
  }),
]

/** The Node.js process. */
export const nodeProcess = [
  lines({
    ...place,
    title: 'CPU',
    description: 'Processor time as a share of one core.',
    unit: 'percentunit',
    queries: [
      series(
        `max by (instance) (rate(process_cpu_seconds_total{${exporters}}[$__rate_interval]))`,
        '{{instance}}',
      ),
    ],
  }),
  lines({
    ...place,
    title: 'Memory',
    description: 'Memory that the process holds, and the part of it that JavaScript objects use.',
    unit: 'bytes',
    queries: [
      series(perInstance('process_resident_memory_bytes'), '{{instance}} resident'),
      series(perInstance('nodejs_heap_size_used_bytes'), '{{instance}} heap'),
    ],
  }),
  lines({
    ...place,
    title: 'Event loop lag',
    description: 'How late the process gets to its work: the 99th percentile and the worst.',
    unit: 's',
    queries: [
      series(perInstance('nodejs_eventloop_lag_p99_seconds'), '{{instance}} p99'),
      series(perInstance('nodejs_eventloop_lag_max_seconds'), '{{instance}} worst'),
    ],
  }),
]
