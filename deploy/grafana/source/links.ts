import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard'
import { uids } from './dashboard.ts'

const shared = '${datasource:queryparam}&${job:queryparam}&${__url_time_range}'
const app = 'var-app_id=${__data.fields.app_id:percentencode}'
const room = 'var-room_id=${__data.fields.room_id:percentencode}'

/** Makes a table cell lead to its row's room; the row needs columns `app_id` and `room_id`. */
export const toRoom = link('Open this room', `/d/${uids.room}?${app}&${room}&${shared}`)

/** Makes a table cell lead to the rooms of its row's app; the row needs a column `app_id`. */
export const toApp = link('Only this app', `/d/${uids.rooms}?${app}&${shared}`)

/** Makes a bar lead to its room; the series needs the labels `app_id` and `room_id`. */
export const barToRoom = link(
  'Open this room',
  `/d/${uids.room}?${[app, room].join('&').replaceAll('__data.fields', '__field.labels')}&${shared}`,
)

function link(title: string, url: string): DynamicConfigValue {
  return { id: 'links', value: [{ title, url }] }
}
