import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { job } from './selectors.ts'

/** The data source chosen in the dashboard's own menu; no dashboard names one. */
export const datasource = { type: 'prometheus', uid: '${datasource}' }

/** The menu of Prometheus data sources. */
export function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that scrapes the exporter.')
    .type('prometheus')
}

/** The menu of scrape jobs, at `rtc-room-exporter` until another one is chosen. */
export function jobVariable(): QueryVariableBuilder {
  return labelVariable('job', 'Job', 'rtc_exporter_build_info')
    .description('The scrape job of the exporter.')
    .current({ selected: true, text: 'rtc-room-exporter', value: 'rtc-room-exporter' })
}

/** The menu of apps: one value on the Room dashboard, any number elsewhere. */
export function appVariable(): QueryVariableBuilder {
  return labelVariable(
    'app_id',
    'App',
    `rtc_room_last_success_timestamp_seconds{${job}}`,
  ).description('The RTC application.')
}

/** The menu of the chosen app's rooms. */
export function roomVariable(): QueryVariableBuilder {
  const rooms = `rtc_room_last_success_timestamp_seconds{${job}, app_id=\`\${app_id:raw}\`}`
  return labelVariable('room_id', 'Room', rooms).description('One room of the app.')
}

/** The menu of exporter processes. */
export function instanceVariable(): QueryVariableBuilder {
  const variable = labelVariable('instance', 'Instance', `rtc_exporter_build_info{${job}}`)
  return many(variable).description('The exporter process.')
}

/** The menu of API accounts. */
export function accountVariable(): QueryVariableBuilder {
  const variable = labelVariable(
    'account',
    'Account',
    `rtc_exporter_budget_requests_per_second{${job}}`,
  )
  return many(variable).description('The account whose budget the requests use.')
}

/** Lets a menu hold several values, with All (`.*`) as the default. */
export function many(variable: QueryVariableBuilder): QueryVariableBuilder {
  return variable
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' })
}

function labelVariable(label: string, title: string, metric: string): QueryVariableBuilder {
  const query = `label_values(${metric}, ${label})`
  return new QueryVariableBuilder(label)
    .label(title)
    .datasource(datasource)
    .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
}
