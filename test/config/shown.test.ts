import { expect, test } from '@jest/globals'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse } from 'yaml'
import type { Config } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read.ts'
import { formatConfig } from '../../src/config/shown.ts'
import { folderWith } from './folder.ts'

async function configOf(files: Record<string, string>): Promise<Config> {
  const folder = await folderWith(files)
  const read = await readConfig(join(folder, 'exporter.yml'), {})
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.config
}

const keys = `accounts:
  - name: default
    access_key_id: AKID-that-nobody-may-see
    secret_access_key_file: secret
`

test('secrets are masked, or named by their file; defaults are filled in', async () => {
  const config = await configOf({
    'exporter.yml': `${keys}rooms:\n  - { app_id: app, room_id: Room1, min_users: 0 }\n`,
    secret: 'not-to-be-seen-either\n',
  })
  const text = formatConfig(config)
  expect(text).not.toMatch(/nobody-may-see|not-to-be-seen/)
  const [, secretFile] = config.files
  expect(parse(text)).toEqual({
    api: {
      endpoint: 'https://rtc.volcengineapi.com',
      region: 'cn-north-1',
      version: '2023-11-01',
      timeout: '5s',
      network_jitter: '20ms',
    },
    accounts: [
      {
        name: 'default',
        access_key_id: '<secret>',
        secret_access_key_file: secretFile,
        qps: 40,
      },
    ],
    polling: { interval: '30s', adaptive: true, min_interval: '5s' },
    rooms: [{ app_id: 'app', room_id: 'Room1', account: 'default', interval: '30s', min_users: 0 }],
  })
})

test('read again with its keys it is the same configuration, whatever the ids and labels hold', async () => {
  const before = await configOf({
    'exporter.yml': `${keys}polling: { interval: 7s, max_age: 3m, adaptive: false }\nrooms: []\n`,
    secret: 'key\n',
  })
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
  const rooms = fc.uniqueArray(fc.record({ roomId: text, label: text }), {
    selector: ({ roomId }) => roomId,
    maxLength: 5,
  })
  await fc.assert(
    fc.asyncProperty(rooms, async (list) => {
      const config = {
        ...before,
        rooms: list.map(({ roomId, label }) => ({
          appId: 'app',
          roomId,
          account: 'default',
          intervalMs: 7000,
          maxAgeMs: 180_000,
          labels: { team: label },
        })),
      }
      const shown = formatConfig(config).replace('<secret>', 'AKID-that-nobody-may-see')
      const again = await configOf({ 'exporter.yml': shown })
      const { files, globs } = config
      expect({ ...again, files, globs }).toEqual(config)
    }),
    { numRuns: 10 },
  )
})
