import { color, limit, stateWords, thresholds, words } from './appearance.ts'
import type { Page } from './dashboard.ts'
import { instant, lines, rows, series, stat, states, table } from './panels.ts'
import { perRoom, roomQueries } from './room-queries.ts'
import { job, oneRoom } from './selectors.ts'
import { appVariable, datasourceVariable, jobVariable, roomVariable } from './variables.ts'

const room = roomQueries(oneRoom)
const minimum = perRoom('rtc_room_min_users', oneRoom)
const maxAge = `max(rtc_exporter_max_age_seconds{${job}})`
const pollWords = words({ 1: ['Succeeded', 'green'], 0: ['Failed', 'red'] })
const number = { unit: 'short', width: 4, height: 4 }

const now = [
  stat({
    ...number,
    unit: 'none',
    title: 'State',
    description:
      'Occupied: somebody is in the room. Empty: it exists and holds nobody. Missing: it does not exist. No value: never polled, or the last value is too old to be shown.',
    queries: [instant(room.state, 'state')],
  }).mappings(stateWords),
  stat({
    ...number,
    title: 'Users',
    description: 'Users in the room, visible and invisible.',
    queries: [instant(room.users, 'users')],
  }).noValue('no value'),
  stat({
    ...number,
    title: 'Invisible',
    description: 'Users in the room whom the others do not see.',
    queries: [instant(room.invisible, 'invisible')],
  }).noValue('no value'),
  stat({
    ...number,
    title: 'Minimum',
    description: 'The min_users that the room configures; an alert says so when there are fewer.',
    queries: [instant(minimum, 'minimum')],
  }).noValue('none'),
  stat({
    ...number,
    unit: 's',
    title: 'Age of the value',
    description: 'Time since the last successful poll of the room.',
    queries: [instant(room.age, 'age')],
  })
    .decimals(0)
    .noValue('never polled'),
  stat({
    ...number,
    unit: 'none',
    title: 'Last poll',
    description: 'Whether the last finished poll of the room succeeded, on any replica.',
    queries: [instant(perRoom('rtc_room_poll_success', oneRoom), 'poll')],
  })
    .mappings(pollWords)
    .noValue('none yet'),
]

const users = [
  lines({
    title: 'Users',
    description:
      'Users in the room, the invisible ones among them, and the configured minimum. A gap means that nothing was known; it is not an empty room.',
    unit: 'short',
    width: 24,
    height: 10,
    queries: [
      series(room.users, 'users'),
      series(room.invisible, 'invisible'),
      series(minimum, 'minimum'),
    ],
  })
    .overrideByName('users', color('blue'))
    .overrideByName('invisible', color('purple'))
    .overrideByName('minimum', limit('red')),
  states({
    title: 'State',
    description: 'The state of the room over time.',
    width: 24,
    height: 4,
    queries: [series(room.state, 'room')],
  }).mappings(stateWords),
]

const polls = [
  lines({
    title: 'Age of the value',
    description:
      'Time since the last successful poll, and the largest age at which any room’s value is still shown. A sawtooth with the height of the polling interval is as it should be.',
    unit: 's',
    width: 8,
    height: 8,
    queries: [series(room.age, 'age'), series(maxAge, 'largest max_age')],
  }).overrideByName('largest max_age', limit('red')),
  lines({
    title: 'Polls that succeed',
    description: 'Share of the time in which the room’s last poll had succeeded, per replica.',
    unit: 'percentunit',
    width: 8,
    height: 8,
    queries: [
      series(
        `avg by (instance) (avg_over_time(rtc_room_poll_success{${oneRoom}}[$__rate_interval]))`,
        '{{instance}}',
      ),
    ],
  }).max(1),
  states({
    title: 'Last poll',
    description: 'Whether the room’s last poll had succeeded, per replica.',
    width: 8,
    height: 8,
    queries: [series(`max by (instance) (rtc_room_poll_success{${oneRoom}})`, '{{instance}}')],
  }).mappings(pollWords),
]

const range = [
  stat({
    ...number,
    title: 'Most users',
    description: 'The most users that the room had in the chosen time range.',
    queries: [instant(`max(max_over_time(rtc_room_users_total{${oneRoom}}[$__range]))`, 'most')],
  }).noValue('no value'),
  stat({
    ...number,
    unit: 'percentunit',
    title: 'Time occupied',
    description:
      'Share of the chosen time range with users, of the time in which a value was known.',
    queries: [instant(`avg_over_time((${room.users} > bool 0)[$__range:])`, 'occupied')],
  })
    .thresholds(thresholds('text'))
    .noValue('no value'),
  table({
    title: 'Labels',
    description:
      'The labels that the configuration gives the room, and nothing when it gives none.',
    width: 16,
    height: 4,
    queries: [rows(`max without (job, instance, pod) (rtc_room_info{${oneRoom}})`)],
  })
    .unit('none')
    .transformations([{ id: 'organize', options: { excludeByName: { Time: true, Value: true } } }]),
]

/** *Room*: everything known about one room. */
export const roomPage: Page = {
  name: 'room',
  title: 'RTC / Room',
  description: 'One RTC room: its users, its state, and how fresh that is.',
  from: 'now-6h',
  variables: [datasourceVariable(), jobVariable(), appVariable(), roomVariable()],
  rows: { Now: now, 'Over time': users, Polls: polls, 'In this time range': range },
}
