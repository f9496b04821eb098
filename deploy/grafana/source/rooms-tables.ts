import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common'
import { stateWords } from './appearance.ts'
import { barToRoom, toApp, toRoom } from './links.ts'
import { bars, instant, lines, rows, series, table } from './panels.ts'
import { roomQueries } from './room-queries.ts'
import { apps } from './selectors.ts'

const rooms = roomQueries(apps)
const mostUsersFirst = [new TableSortByFieldStateBuilder().displayName('Users').desc(true)]

/** Users and rooms of each app. */
export const byApp = [
  lines({
    title: 'Users by app',
    description: 'Users in all rooms of each app.',
    unit: 'short',
    width: 12,
    height: 9,
    queries: [series(`sum by (app_id) (${rooms.users})`, '{{app_id}}')],
  }),
  table({
    title: 'Apps',
    description: 'Rooms and users of each app now; click an app to see only its rooms.',
    width: 12,
    height: 9,
    queries: [
      rows(`sum by (app_id) (${rooms.users})`),
      rows(`count by (app_id) (${rooms.known})`),
      rows(`count by (app_id) (${rooms.occupied}) or 0 * count by (app_id) (${rooms.known})`),
    ],
  })
    .unit('short')
    .transformations(joined({ 'Value #A': 'Users', 'Value #B': 'Rooms', 'Value #C': 'Occupied' }))
    .sortBy(mostUsersFirst)
    .overrideByName('app_id', [toApp]),
]

/** The busiest rooms, and all of them with links. */
export const each = [
  bars({
    title: 'Top rooms',
    description: 'The ten rooms with the most users now; click a bar to open the room.',
    unit: 'short',
    width: 8,
    height: 16,
    queries: [instant(`topk(10, ${rooms.occupied})`, '{{room_id}}')],
  }).overrideByRegexp('/.*/', [barToRoom]),
  table({
    title: 'All rooms',
    description:
      'Every room with its state, users, and the seconds since its last successful poll; click an id to open the room.',
    width: 16,
    height: 16,
    queries: [rows(rooms.state), rows(rooms.users), rows(rooms.invisible), rows(rooms.age)],
  })
    .unit('short')
    .transformations(
      joined({
        'Value #A': 'State',
        'Value #B': 'Users',
        'Value #C': 'Invisible',
        'Value #D': 'Age',
      }),
    )
    .sortBy(mostUsersFirst)
    .overrideByName('room_id', [toRoom])
    .overrideByName('app_id', [toApp])
    .overrideByName('State', [
      { id: 'mappings', value: stateWords },
      { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
    ])
    .overrideByName('Age', [
      { id: 'unit', value: 's' },
      { id: 'decimals', value: 0 },
    ]),
]

function joined(names: Readonly<Record<string, string>>) {
  return [
    { id: 'merge', options: {} },
    { id: 'organize', options: { excludeByName: { Time: true }, renameByName: names } },
  ]
}
