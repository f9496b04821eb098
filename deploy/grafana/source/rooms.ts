import { color, colors, limit, thresholds } from './appearance.ts'
import type { Page } from './dashboard.ts'
import { instant, series, stacked, stat } from './panels.ts'
import { countOf, roomQueries } from './room-queries.ts'
import { byApp, each } from './rooms-tables.ts'
import { apps } from './selectors.ts'
import { appVariable, datasourceVariable, jobVariable, many } from './variables.ts'

const rooms = roomQueries(apps)
const count = (expr: string) => countOf(expr, rooms.known)
const number = { unit: 'short', width: 4, height: 4 }

const fleet = [
  stat({
    ...number,
    title: 'Rooms watched',
    description: 'Rooms in the configuration of the exporter, counted once however many replicas.',
    queries: [instant(`count(${rooms.known})`, 'rooms')],
  }),
  stat({
    ...number,
    title: 'Occupied',
    description: 'Rooms with at least one user, visible or invisible.',
    queries: [instant(count(rooms.occupied), 'occupied')],
  }).thresholds(thresholds('text', [1, colors.occupied])),
  stat({
    ...number,
    title: 'Empty',
    description: 'Rooms that exist and hold nobody.',
    queries: [instant(count(rooms.empty), 'empty')],
  }).thresholds(thresholds('text', [1, colors.empty])),
  stat({
    ...number,
    title: 'Missing',
    description:
      'Rooms that do not exist: nobody has joined them yet, or everybody has left and the room is gone. They hold nobody.',
    queries: [instant(count(rooms.missing), 'missing')],
  }).thresholds(thresholds('text', [1, colors.missing])),
  stat({
    ...number,
    title: 'Without a value',
    description:
      'Rooms never polled yet, or whose last value is older than its max_age and was withdrawn. Nothing is known about their users; see the Exporter dashboard.',
    queries: [instant(count(rooms.withoutValue), 'without a value')],
  }).thresholds(thresholds('green', [1, 'red'])),
  stat({
    ...number,
    title: 'Below minimum',
    description: 'Rooms with fewer users than the min_users that they configure.',
    queries: [instant(count(rooms.belowMinimum), 'below minimum')],
  }).thresholds(thresholds('green', [1, 'red'])),
]

const history = [
  stacked({
    title: 'Users',
    description:
      'Users in all rooms, visible and invisible on top of each other. Rooms without a value are not in the sum.',
    unit: 'short',
    width: 12,
    height: 9,
    queries: [
      series(`sum(${rooms.users}) - sum(${rooms.invisible})`, 'visible'),
      series(`sum(${rooms.invisible})`, 'invisible'),
    ],
  })
    .overrideByName('visible', color('blue'))
    .overrideByName('invisible', color('purple')),
  stacked({
    title: 'Rooms by state',
    description: 'How many rooms were occupied, empty, missing or without a value.',
    unit: 'short',
    width: 12,
    height: 9,
    queries: [
      series(count(rooms.occupied), 'occupied'),
      series(count(rooms.empty), 'empty'),
      series(count(rooms.missing), 'missing'),
      series(count(rooms.withoutValue), 'without a value'),
      series(`count(${rooms.known})`, 'watched'),
    ],
  })
    .overrideByName('occupied', color(colors.occupied))
    .overrideByName('empty', color(colors.empty))
    .overrideByName('missing', color(colors.missing))
    .overrideByName('without a value', color(colors.withoutValue))
    .overrideByName('watched', limit('text')),
]

/** *Rooms*: the whole fleet at a glance, and the way to each room. */
export const roomsPage: Page = {
  name: 'rooms',
  title: 'RTC / Rooms',
  description: 'Who is in the watched RTC rooms: the fleet, the apps, and every room.',
  from: 'now-6h',
  variables: [datasourceVariable(), jobVariable(), many(appVariable())],
  rows: { Fleet: fleet, 'Over time': history, Apps: byApp, Rooms: each },
}
