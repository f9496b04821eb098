import {
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
} from '@grafana/grafana-foundation-sdk/common'
import { color, limit, thresholds, words } from './appearance.ts'
import { heatmap, lines, series, stacked, states } from './panels.ts'
import { accounts } from './selectors.ts'

const place = { width: 8, height: 9 }
const buckets = `rtc_exporter_api_request_duration_seconds_bucket{${accounts}}`

const rate = (metric: string, by: string) =>
  `sum by (${by}) (rate(${metric}{${accounts}}[$__rate_interval]))`

const quantile = (share: number) =>
  `histogram_quantile(${String(share)}, sum by (le) (rate(${buckets}[$__rate_interval])))`

/** What may be spent, what is asked for, and what is spent. */
export const budget = [
  lines({
    width: 16,
    height: 9,
    title: 'Requests, budget and demand',
    description:
      'Requests a second of each account beside what may be spent (lowered while throttled) and what the configured intervals ask for. The dotted line is the API’s limit of 40 a second for one account.',
    unit: 'reqps',
    queries: [
      series(rate('rtc_exporter_api_requests_total', 'account'), '{{account}} requests'),
      series(
        `sum by (account) (rtc_exporter_budget_requests_per_second{${accounts}})`,
        '{{account}} budget',
      ),
      series(
        `sum by (account) (rtc_exporter_demand_requests_per_second{${accounts}})`,
        '{{account}} demand',
      ),
    ],
  })
    .thresholds(thresholds('transparent', [40, 'red']))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
    .overrideByRegexp('/ budget$/', limit('green'))
    .overrideByRegexp('/ demand$/', limit('orange')),
  lines({
    ...place,
    title: 'Requests in flight',
    description: 'Requests sent and not answered yet, by account.',
    unit: 'short',
    queries: [
      series(`sum by (account) (rtc_exporter_api_requests_in_flight{${accounts}})`, '{{account}}'),
    ],
  }),
]

/** How the API answers. */
export const api = [
  stacked({
    ...place,
    title: 'Failures by reason',
    description:
      'Requests a second that said nothing about the room, by reason. throttled: over the API’s limit; auth: keys refused; clock: local time off; room_config: the app or room id is wrong.',
    unit: 'reqps',
    queries: [series(rate('rtc_exporter_api_request_failures_total', 'reason'), '{{reason}}')],
  })
    .drawStyle(GraphDrawStyle.Bars)
    .lineWidth(0)
    .fillOpacity(80),
  lines({
    ...place,
    title: 'Share of requests that fail',
    description: 'Failed requests as a share of all, by account.',
    unit: 'percentunit',
    queries: [
      series(
        `${rate('rtc_exporter_api_request_failures_total', 'account')} / ${rate('rtc_exporter_api_requests_total', 'account')}`,
        '{{account}}',
      ),
    ],
  })
    .max(1)
    .thresholds(thresholds('transparent', [0.05, 'red']))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed)),
  lines({
    ...place,
    title: 'Retries',
    description: 'Requests a second that were made again after a failure; they use the budget too.',
    unit: 'reqps',
    queries: [series(rate('rtc_exporter_api_request_retries_total', 'account'), '{{account}}')],
  }),
  heatmap({
    ...place,
    title: 'Latency',
    description: 'How many requests took how long, from start to last byte.',
    unit: 's',
    queries: [series(`sum by (le) (increase(${buckets}[$__rate_interval]))`, '{{le}}')],
  }),
  lines({
    ...place,
    title: 'Latency quantiles',
    description: 'The time within which half, nine in ten, and 99 in a hundred requests were done.',
    unit: 's',
    queries: [
      series(quantile(0.5), 'p50'),
      series(quantile(0.9), 'p90'),
      series(quantile(0.99), 'p99'),
    ],
  })
    .overrideByName('p50', color('green'))
    .overrideByName('p90', color('orange'))
    .overrideByName('p99', color('red')),
  states({
    ...place,
    title: 'API and circuit',
    description:
      'Whether the last finished request of each account was answered, and whether its circuit was open because its keys were refused.',
    queries: [
      series(`min by (account) (rtc_up{${accounts}})`, '{{account}}'),
      series(
        `2 + max by (account) (rtc_exporter_circuit_open{${accounts}})`,
        '{{account}} circuit',
      ),
    ],
  }).mappings(
    words({
      1: ['Answers', 'green'],
      0: ['Does not answer', 'red'],
      2: ['Closed', 'green'],
      3: ['Open', 'red'],
    }),
  ),
]
