import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, jest, test } from '@jest/globals'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import { eventually, runExporter } from '../support/program.ts'
import type { ToldAlert } from './hurried-chain.ts'
import { startHurriedChain } from './hurried-chain.ts'

// Three programs start here, slowly on a busy machine; nothing depends on how long they take.
jest.setTimeout(240_000)

const closers: (() => unknown)[] = []
const onClose = (close: () => unknown) => void closers.push(close)
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const appId = '0123456789abcdef01234567'
const occupied = ['busy-1', 'busy-2', 'busy-3']

/** Three rooms stay occupied, one will be left, one may be empty. */
const exporterConfig = (endpoint: string) => `
# The suites share their machine, which holds one process up longer than another.
api: { endpoint: "${endpoint}", timeout: 2s, network_jitter: 500ms }
polling: { interval: 1s, min_interval: 1s, max_age: 10s }
rooms:
${[...occupied, 'left'].map((id) => `  - { app_id: ${appId}, room_id: ${id} }\n`).join('')}
  - { app_id: ${appId}, room_id: optional, min_users: 0 }
`

async function startExporter(endpoint: string) {
  const folder = await mkdtemp(join(tmpdir(), 'exporter-'))
  onClose(() => rm(folder, { recursive: true }))
  const file = join(folder, 'exporter.yml')
  await writeFile(file, exporterConfig(endpoint))
  const exporter = runExporter([`--config.file=${file}`, '--web.listen-address=127.0.0.1:0'], {
    VOLC_ACCESSKEY: simulatorAccount.accessKeyId,
    VOLC_SECRETKEY: simulatorAccount.secretAccessKey,
  })
  onClose(() => exporter.stop('SIGKILL'))
  return exporter
}

const emptyRooms = (told: readonly ToldAlert[]) =>
  new Set(
    told
      .filter(({ labels }) => labels.alertname === 'RTCRoomEmpty')
      .map(({ labels }) => labels.room_id),
  )

test('an empty room is told, then an API that is cut off, and never a room that is occupied', async () => {
  const simulator = await createSimulator({ latencyMs: [1, 5], rooms: [] })
  onClose(simulator.close)
  for (const roomId of [...occupied, 'left'])
    simulator.rooms.hold({ appId, roomId }, { exists: true, users: 3, invisibleUsers: 0 })
  const exporter = await startExporter(simulator.url)
  const { prometheus, told } = await startHurriedChain(exporter, onClose)
  const isFound = (expression: string) =>
    eventually(
      () => prometheus.query(expression),
      (samples) => samples.length > 0,
    )
  const isTold = (wanted: ToldAlert) =>
    eventually(
      () => Promise.resolve(told),
      (alerts) =>
        alerts.some(
          ({ status, labels }) =>
            status === wanted.status &&
            Object.entries(wanted.labels).every(([name, value]) => labels[name] === value),
        ),
    )

  await isFound('count(app_id_room_id:rtc_room_users:max) == 5')
  expect(emptyRooms(told)).toEqual(new Set())
  simulator.rooms.hold({ appId, roomId: 'left' }, { exists: false, users: 0, invisibleUsers: 0 })
  const empty = { alertname: 'RTCRoomEmpty', app_id: appId, room_id: 'left', severity: 'warning' }
  await isTold({ status: 'firing', labels: empty })

  await simulator.close()
  const down = { alertname: 'RTCApiDown', account: 'default', severity: 'critical' }
  await isTold({ status: 'firing', labels: down })
  // By now the values of the occupied rooms have been frozen, and then withdrawn for a while.
  const stale = 'ALERTS{alertname="RTCRoomDataStale", alertstate="firing", room_id=~"busy-.*"}'
  await isFound(`count(${stale}) == ${String(occupied.length)}`)
  expect(emptyRooms(told)).toEqual(new Set(['left']))
})
