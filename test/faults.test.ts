import { beforeAll, expect, test } from '@jest/globals'
import type { FailureReason } from '../src/room.ts'
import { failureReasons } from '../src/room.ts'
import { simulatorAccount } from '../src/simulator/demo.ts'
import type { FaultName } from '../src/simulator/faults.ts'
import { runInProcess } from './support/in-process.ts'
import { eventually, textAt, valueOf } from './support/program.ts'
import { appId, simulate } from './support/trial.ts'

/** One fault for every reason; the others of that reason are the client's tests. */
const faults: Readonly<Record<FailureReason, FaultName>> = {
  timeout: 'timeout',
  network: 'reset',
  throttled: 'FlowLimitExceeded',
  auth: 'SignatureDoesNotMatch',
  clock: 'InvalidTimestamp',
  room_config: 'InvalidParameter.NotExistAppId',
  service_config: 'InvalidActionOrVersion',
  server: 'html_502',
  bad_response: 'users_missing',
  unknown: 'OperationDenied.NotDocumented',
}

const series = (family: string) => `${family}{app_id="${appId}",room_id="Room"}`

async function startWatching() {
  const simulator = await simulate(0)
  simulator.rooms.hold({ appId, roomId: 'Room' }, { exists: true, users: 6, invisibleUsers: 3 })
  const { accessKeyId, secretAccessKey } = simulatorAccount
  const keys = { access_key_id: accessKeyId, secret_access_key: secretAccessKey }
  const { url, exporter, checkWhole } = await runInProcess(
    JSON.stringify({
      api: { endpoint: simulator.url, timeout: '200ms' },
      accounts: [{ name: 'default', ...keys }],
      polling: { interval: '400ms', min_interval: '400ms', max_age: '5s' },
      rooms: [{ app_id: appId, room_id: 'Room' }],
    }),
  )
  const seen = new Set<string>()
  const look = async () => {
    const text = await textAt(`${url}/metrics`)
    const value = (family: string) => valueOf(text, series(family))
    const now = {
      users: value('rtc_room_users_total'),
      invisible: value('rtc_room_invisible_users'),
      exists: value('rtc_room_exists'),
      success: value('rtc_room_poll_success'),
      at: value('rtc_room_last_success_timestamp_seconds') ?? NaN,
    }
    seen.add(JSON.stringify([now.users, now.invisible, now.exists]))
    return { ...now, text }
  }
  return { simulator, exporter, checkWhole, seen, look }
}

/** What a scraper sees before, during and after the fault of that reason. */
async function suffer(reason: FailureReason) {
  const { simulator, exporter, checkWhole, seen, look } = await startWatching()
  await eventually(look, ({ success }) => success === 1)
  simulator.injections.add({ fault: faults[reason] })
  const kept = await eventually(look, ({ success }) => success === 0)
  const withdrawn = await eventually(look, ({ users }) => users === undefined)
  const [last] = simulator.arrivals.list().slice(-1)
  simulator.injections.clear()
  // Its next trial would be up to 30 s away; a reload tries at once.
  if (reason === 'auth') await exporter.reload('test')
  const back = await eventually(look, ({ success }) => success === 1)
  const [next] = simulator.arrivals.list({ afterMs: last?.atMs ?? 0 })
  checkWhole()
  return { kept, withdrawn, back, next, seen: [...seen] }
}

const stories = new Map<FailureReason, Awaited<ReturnType<typeof suffer>>>()

// All at once: most of the time goes by waiting for max_age.
beforeAll(async () => {
  await Promise.all(failureReasons.map(async (reason) => stories.set(reason, await suffer(reason))))
}, 120_000)

test.each(failureReasons)(
  '%s: the value is kept, then withdrawn, then back with the first good answer; never is it another one',
  (reason) => {
    const story = stories.get(reason)
    if (story === undefined) throw new Error('it did not end')
    const { kept, withdrawn, back, next, seen } = story
    expect([kept.users, kept.invisible, kept.exists]).toEqual([6, 3, 1])
    expect(withdrawn).toMatchObject({ invisible: undefined, exists: undefined, success: 0 })
    expect(withdrawn.at).toBe(kept.at)
    const labels = `{account="default",reason="${reason}"}`
    const failures = `rtc_exporter_api_request_failures_total${labels}`
    expect(valueOf(withdrawn.text, failures)).toBeGreaterThan(0)
    for (const other of failureReasons.filter((each) => each !== reason))
      expect(valueOf(withdrawn.text, failures.replace(reason, other))).toBe(0)
    expect(next?.verdict).toBe('ok')
    expect([back.users, back.invisible, back.exists]).toEqual([6, 3, 1])
    expect(back.at).toBeGreaterThan(kept.at)
    expect(seen.filter((shown) => !['[6,3,1]', '[null,null,null]'].includes(shown))).toEqual([])
  },
)
