import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common'
import { thresholds, words } from './appearance.ts'
import type { Page } from './dashboard.ts'
import { api, budget } from './exporter-api.ts'
import { configuration, freshness, nodeProcess } from './exporter-process.ts'
import { instant, stat } from './panels.ts'
import { accounts, exporters } from './selectors.ts'
import { accountVariable, datasourceVariable, instanceVariable, jobVariable } from './variables.ts'

const small = { unit: 'none', width: 4, height: 4 }
const requests = `sum(rate(rtc_exporter_api_requests_total{${accounts}}[$__rate_interval]))`
const budgets = `sum(rtc_exporter_budget_requests_per_second{${accounts}})`
const demand = `sum(rtc_exporter_demand_requests_per_second{${accounts}})`

const overview = [
  stat({
    ...small,
    title: 'Exporter',
    description: 'Whether Prometheus can scrape the exporter: down if any chosen instance is.',
    queries: [instant(`min(up{${exporters}})`, 'exporter')],
  })
    .mappings(words({ 1: ['Up', 'green'], 0: ['Down', 'red'] }))
    .noValue('Not scraped'),
  stat({
    ...small,
    title: 'RTC API',
    description:
      'Whether the last finished request of each account got an answer about a room, and not a refusal, a throttle, a server error or silence.',
    queries: [instant(`min by (account) (rtc_up{${accounts}})`, '{{account}}')],
  })
    .mappings(words({ 1: ['Answers', 'green'], 0: ['Does not', 'red'] }))
    .noValue('No answer yet'),
  stat({
    ...small,
    title: 'Circuit',
    description:
      'Open: the account’s keys were refused, and only one trial request every 30 s is made until one succeeds.',
    queries: [instant(`max by (account) (rtc_exporter_circuit_open{${accounts}})`, '{{account}}')],
  }).mappings(words({ 0: ['Closed', 'green'], 1: ['Open', 'red'] })),
  stat({
    ...small,
    unit: 'percentunit',
    title: 'Budget used',
    description:
      'Requests a second as a share of what may be spent. Near 100 % is no fault: with adaptive polling the spare budget goes to the rooms that change.',
    queries: [instant(`${requests} / ${budgets}`, 'used')],
  })
    .decimals(0)
    .thresholds(thresholds('green', [1.001, 'red'])),
  stat({
    ...small,
    unit: 'percentunit',
    title: 'Demand',
    description:
      'What the configured intervals ask for, as a share of what may be spent. Over 100 % every interval is stretched by this factor.',
    queries: [instant(`${demand} / ${budgets}`, 'demand')],
  })
    .decimals(0)
    .thresholds(thresholds('green', [0.9, 'orange'], [1.001, 'red'])),
  stat({
    ...small,
    unit: 's',
    title: 'Oldest value',
    description: 'Age of the room value that was refreshed longest ago.',
    queries: [
      instant(
        `time() - min(rtc_exporter_oldest_success_timestamp_seconds{${exporters}} > 0)`,
        'oldest',
      ),
    ],
  })
    .decimals(0)
    .noValue('None yet'),
  stat({
    ...small,
    unit: 's',
    title: 'Last poll',
    description: 'Time since any poll finished, on the instance that has waited longest.',
    queries: [
      instant(
        `time() - min(rtc_exporter_last_poll_timestamp_seconds{${exporters}} > 0)`,
        'last poll',
      ),
    ],
  })
    .decimals(0)
    .thresholds(thresholds('green', [60, 'orange'], [120, 'red']))
    .noValue('None yet'),
  stat({
    ...small,
    title: 'First sweep',
    description: 'Whether every room has been polled once since the start, on every instance.',
    queries: [instant(`min(rtc_exporter_initial_sweep_complete{${exporters}})`, 'first sweep')],
  }).mappings(words({ 1: ['Complete', 'green'], 0: ['Running', 'orange'] })),
  stat({
    ...small,
    title: 'Configuration',
    description:
      'Whether the last reload succeeded; after a failed one the old configuration stays in force.',
    queries: [
      instant(`min(rtc_exporter_config_last_reload_successful{${exporters}})`, 'configuration'),
    ],
  }).mappings(words({ 1: ['In force', 'green'], 0: ['Reload failed', 'red'] })),
  stat({
    ...small,
    unit: 's',
    title: 'Clock skew',
    description:
      'Local time minus the API’s, the furthest off of all instances. The API refuses signatures that are more than 900 s off.',
    queries: [instant(`max(abs(rtc_exporter_api_clock_skew_seconds{${exporters}}))`, 'skew')],
  })
    .decimals(1)
    .thresholds(thresholds('green', [30, 'orange'], [300, 'red']))
    .noValue('Not known'),
  stat({
    ...small,
    title: 'Shards missing',
    description: 'Shards that the exporters say exist, less those that Prometheus sees.',
    queries: [
      instant(
        `max(rtc_exporter_shards{${exporters}}) - count(count by (shard) (rtc_exporter_shard_info{${exporters}}))`,
        'missing',
      ),
    ],
  })
    .thresholds(thresholds('green', [1, 'red']))
    .noValue('–'),
  stat({
    ...small,
    title: 'Version',
    description: 'The running versions of the exporter; several during a roll-out.',
    queries: [instant(`count by (version) (rtc_exporter_build_info{${exporters}})`, '{{version}}')],
  })
    .textMode(BigValueTextMode.Name)
    .thresholds(thresholds('text')),
]

/** *Exporter*: whether the exporter itself does what it should, and what it spends. */
export const exporterPage: Page = {
  name: 'exporter',
  title: 'RTC / Exporter',
  description:
    'The exporter itself: its request budget, the RTC API, the age of its values, its process.',
  from: 'now-3h',
  variables: [datasourceVariable(), jobVariable(), instanceVariable(), accountVariable()],
  rows: {
    Overview: overview,
    Budget: budget,
    'RTC API': api,
    Freshness: freshness,
    Configuration: configuration,
    Process: nodeProcess,
  },
}
