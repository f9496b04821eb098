import { expect, test } from '@jest/globals'
import type { LogFormat } from '../src/logger.ts'
import { createLogger } from '../src/logger.ts'
import type { FaultName } from '../src/simulator/faults.ts'
import { runInProcess } from './support/in-process.ts'
import { eventually, textAt, valueOf } from './support/program.ts'
import { appId, simulate } from './support/trial.ts'

const account = {
  accessKeyId: 'AKLT-redaction-key-id',
  secretAccessKey: 'redaction-secret-key==',
  sessionToken: 'redaction/session+token==',
}

/** Faults whose answers hold user ids, our own headers or the vendor's words, and some that hold nothing. */
const faults: readonly FaultName[] = [
  ...(['users_missing', 'invisible_negative', 'exists_text', 'not_json', 'not_http'] as const),
  ...(['SignatureDoesNotMatch', 'FlowLimitExceeded', 'reset_halfway', 'redirect_302'] as const),
]

test.each<LogFormat>(['logfmt', 'json'])(
  'no secret and no user id leaves the program, with %s logs',
  async (format) => {
    const logged: string[] = []
    const log = createLogger({ level: 'debug', format }, (line) => logged.push(line))
    const simulator = await simulate(0, { accounts: [account] })
    const ids = faults.map((fault) => `Room-${fault}`)
    for (const [at, fault] of faults.entries()) {
      const room = { appId, roomId: ids[at] ?? '' }
      simulator.rooms.hold(room, { exists: true, users: 9, invisibleUsers: 4 })
      simulator.injections.add({ ...room, fault, probability: 0.7 })
    }
    simulator.rooms.hold({ appId, roomId: 'Room' }, { exists: true, users: 9, invisibleUsers: 4 })
    const { url, exporter, checkWhole } = await runInProcess(
      JSON.stringify({
        api: { endpoint: simulator.url, timeout: '500ms' },
        accounts: [
          {
            name: 'default',
            access_key_id: account.accessKeyId,
            secret_access_key: account.secretAccessKey,
            session_token: account.sessionToken,
          },
        ],
        polling: { interval: '1s', min_interval: '1s', max_age: '5s' },
        rooms: ['Room', ...ids].map((id) => ({ app_id: appId, room_id: id })),
      }),
      { log },
    )
    await eventually(
      async () => {
        // Refused keys open the circuit; a reload tries them again at once.
        await exporter.reload('test')
        return textAt(`${url}/metrics`)
      },
      (text) => valueOf(text, 'rtc_exporter_rooms{state="pending"}') === 0,
    )
    const paths = [
      '/',
      '/metrics',
      '/config',
      '/-/healthy',
      '/-/ready',
      '/api/v1/rooms',
      '/nothing',
    ]
    const pages = ids.flatMap((id) => [`/rooms/${appId}/${id}`, `/api/v1/rooms/${appId}/${id}`])
    const texts = await Promise.all([...paths, ...pages].map((path) => textAt(url + path)))
    await exporter.stop()
    expect(logged.length).toBeGreaterThan(5)
    const all = [...logged, ...texts].join('\n')
    expect(all).toContain('SignatureDoesNotMatch')
    const { secretAccessKey, sessionToken } = account
    for (const secret of [secretAccessKey, sessionToken, 'HMAC-SHA256', 'SignedHeaders', 'user-'])
      expect(all.split('\n').filter((line) => line.includes(secret))).toEqual([])
    checkWhole()
  },
  120_000,
)
