import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { formatProblems } from '../../src/config/config.ts'
import { expandGlobs } from '../../src/config/globs.ts'
import { readConfig } from '../../src/config/read.ts'
import { configFor, env, folderWith } from './folder.ts'

const app = '661e0000000000000000543c'

test('a bare list is a whole configuration, with every default', async () => {
  const config = await configFor({ 'main.yml': `- app_id: ${app}\n  room_id: Room1\n` })
  expect({ ...config, files: [], globs: undefined }).toEqual({
    api: {
      endpoint: 'https://rtc.volcengineapi.com',
      region: 'cn-north-1',
      version: '2023-11-01',
      timeoutMs: 5000,
      networkJitterMs: 20,
    },
    accounts: [
      {
        name: 'default',
        qps: 40,
        credentials: {
          accessKeyId: { value: env.VOLC_ACCESSKEY },
          secretAccessKey: { value: env.VOLC_SECRETKEY },
        },
      },
    ],
    polling: { intervalMs: 30_000, adaptive: true, minIntervalMs: 5000 },
    rooms: [
      { appId: app, roomId: 'Room1', account: 'default', intervalMs: 30_000, maxAgeMs: 90_000 },
    ],
    files: [],
    globs: undefined,
  })
})

test('every key of the file has its place in the configuration', async () => {
  const text = `
api:
  endpoint: http://rtc.example.com:8080/
  insecure_http: true
  region: ap-singapore-1
  version: 2024-06-01
  timeout: 2s500ms
  network_jitter: 0s
accounts:
  - { name: school, access_key_id: AK1, secret_access_key_file: keys/secret, session_token: T, qps: 12.5 }
  - { name: default, qps: 20 }
polling: { interval: 20s, max_age: 2m, adaptive: false, min_interval: 1s }
rooms:
  - app_id: ${app}
    room_id: "007"
    account: school
    interval: 10s
    min_users: 0
    labels: { team: math, empty: "" }
`
  const folder = await folderWith({ 'main.yml': text, 'keys/secret': 'SK1\n' })
  const read = await readConfig(join(folder, 'main.yml'), env)
  expect(read).toEqual({
    warnings: [],
    config: {
      api: {
        endpoint: 'http://rtc.example.com:8080',
        region: 'ap-singapore-1',
        version: '2024-06-01',
        timeoutMs: 2500,
        networkJitterMs: 0,
      },
      accounts: [
        {
          name: 'school',
          qps: 12.5,
          credentials: {
            accessKeyId: { value: 'AK1' },
            secretAccessKey: { file: join(folder, 'keys/secret') },
            sessionToken: { value: 'T' },
          },
        },
        {
          name: 'default',
          qps: 20,
          credentials: {
            accessKeyId: { value: env.VOLC_ACCESSKEY },
            secretAccessKey: { value: env.VOLC_SECRETKEY },
          },
        },
      ],
      polling: { intervalMs: 20_000, maxAgeMs: 120_000, adaptive: false, minIntervalMs: 1000 },
      rooms: [
        {
          appId: app,
          roomId: '007',
          account: 'school',
          intervalMs: 10_000,
          maxAgeMs: 120_000,
          minUsers: 0,
          labels: { team: 'math', empty: '' },
        },
      ],
      files: [join(folder, 'main.yml'), join(folder, 'keys/secret')],
      globs: { directory: folder, patterns: [] },
    },
  })
  expect(structuredClone(read)).toEqual(read)
})

test('without min_interval a shorter interval just works', async () => {
  const config = await configFor({
    'main.yml': `polling: { interval: 1s }\nrooms: [{ app_id: ${app}, room_id: R }]\n`,
  })
  expect(config.polling.minIntervalMs).toBe(1000)
  const byRoom = await configFor({
    'main.yml': `- { app_id: ${app}, room_id: R, interval: 2s }\n`,
  })
  expect(byRoom.polling.minIntervalMs).toBe(2000)
})

test('sections whose lines are all comments are the defaults', async () => {
  const text = `api:\n  # timeout: 5s\npolling:\nrooms: [{ app_id: ${app}, room_id: R, labels: }]\n`
  const config = await configFor({ 'main.yml': text })
  expect(config.api.timeoutMs).toBe(5000)
  expect(config.rooms[0]).not.toHaveProperty('labels')
})

test('any characters that the API may take are ids', async () => {
  const ids = ['a,room_id:y', '" \\ \n', '房间', '😀'.repeat(128), '__proto__', 'a:b', ' ']
  const text = ids.map((id) => `- { app_id: ${app}, room_id: ${JSON.stringify(id)} }\n`).join('')
  const config = await configFor({ 'main.yml': text })
  expect(config.rooms.map(({ roomId }) => roomId)).toEqual(ids)
})

test('ids that would run together are different rooms', async () => {
  const config = await configFor({
    'main.yml': `- { app_id: a, room_id: "x,room_id:y" }\n- { app_id: "a,room_id:x", room_id: y }\n- { app_id: ax, room_id: y }\n- { app_id: a, room_id: xy }\n`,
  })
  expect(config.rooms).toHaveLength(4)
})

test('a thousand rooms may share one labels map by alias', async () => {
  const rooms = Array.from(
    { length: 1000 },
    (_, at) =>
      `- { app_id: ${app}, room_id: R${String(at)}, labels: ${at === 0 ? '&math { team: math }' : '*math'} }\n`,
  )
  const config = await configFor({ 'main.yml': rooms.join('') })
  expect(config.rooms.at(-1)?.labels).toEqual({ team: 'math' })
})

test('room files are found by pattern, in order, each once, also over symbolic links', async () => {
  const room = (id: string) => `- { app_id: ${app}, room_id: ${id} }\n`
  const folder = await folderWith({
    'etc/main.yml': `rooms: ${room('M').slice(2).replace(/^/, '[').trim()}]\nroom_files: ["rooms.d/*.yml", "../*/b.yml", "map/*.yml"]\n`,
    'etc/rooms.d/b.yml': room('B'),
    'etc/rooms.d/a.yml': room('A'),
    'etc/rooms.d/.hidden.yml': 'not: a list',
    'etc/rooms.d/note.txt': 'not a list',
    'other/b.yml': room('O'),
    'etc/map/..1/c.yml': room('C'),
  })
  await symlink('..1', join(folder, 'etc/map/..data'))
  await symlink('..data/c.yml', join(folder, 'etc/map/c.yml'))
  await symlink('nowhere', join(folder, 'etc/rooms.d/broken.yml'))
  await mkdir(join(folder, 'etc/rooms.d/folder.yml'))
  const read = await readConfig(join(folder, 'etc/main.yml'), env)
  const config = 'config' in read ? read.config : undefined
  expect(config?.rooms.map(({ roomId }) => roomId)).toEqual(['M', 'A', 'B', 'O', 'C'])
  expect(config?.files).toEqual(
    ['etc/main.yml', 'etc/rooms.d/a.yml', 'etc/rooms.d/b.yml', 'other/b.yml', 'etc/map/c.yml'].map(
      (file) => join(folder, file),
    ),
  )
  await writeFile(join(folder, 'etc/rooms.d/d.yml'), '')
  expect(config && (await expandGlobs(config.globs))).toContain(join(folder, 'etc/rooms.d/d.yml'))
})

test('at most a hundred problems are printed, the rest is counted', async () => {
  const folder = await folderWith({ 'main.yml': '- { app_id: 1, room_id: 2 }\n'.repeat(150) })
  const read = await readConfig(join(folder, 'main.yml'), env)
  const lines = formatProblems('problems' in read ? read.problems : [])
  expect(lines).toHaveLength(101)
  expect(lines.at(-1)).toBe('… and 200 more problems')
})
