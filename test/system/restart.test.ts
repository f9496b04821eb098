import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { KeptValue } from '../../src/rooms/table.ts'
import { parseSnapshot } from '../../src/rooms/snapshot.ts'
import { eventually, runExporter, textAt, valueOf } from '../support/program.ts'
import {
  closeLater,
  configFile,
  configText,
  newFolder,
  roomIds,
  simulate,
  startExporter,
  truthOf,
  valuesByRoom,
} from '../support/trial.ts'

const rooms = 120
const ids = roomIds(rooms)
const patienceMs = 240_000

async function readState(path: string): Promise<readonly KeptValue[]> {
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined) return []
  const parsed = parseSnapshot(bytes, Date.now())
  if ('fault' in parsed) throw new Error(parsed.fault)
  return parsed.values
}

const idOf = ({ key }: KeptValue) => /Room\d+$/.exec(key)?.[0] ?? ''

/** Every value that a scrape shows must be the truth about its room. */
function expectTruth(text: string) {
  const users = valuesByRoom(text, 'rtc_room_users_total')
  const invisible = valuesByRoom(text, 'rtc_room_invisible_users')
  const exists = valuesByRoom(text, 'rtc_room_exists')
  const shown = [...users].map(([id, value]) => [id, value, invisible.get(id), exists.get(id)])
  const expected = [...users.keys()].map((id) => {
    const truth = truthOf(Number(id.slice(4)))
    return [id, truth.users, truth.invisibleUsers, truth.exists ? 1 : 0]
  })
  expect(shown).toEqual(expected)
  return users
}

async function startOn(stateFile: string, count = rooms, known = rooms) {
  const simulator = await simulate(known)
  const config = await configFile(configText(simulator.url, ids.slice(0, count)))
  const args = [`--config.file=${config}`, `--state.file=${stateFile}`]
  return { simulator, args, ...(await startExporter(args)) }
}

test(
  'killed in the middle of polling and started again, it shows at once what was fresh',
  async () => {
    const stateFile = join(await newFolder(), 'state')
    const { simulator, args, exporter, url } = await startOn(stateFile)
    await eventually(
      () => readState(stateFile),
      (values) => values.length === rooms,
    )
    const before = await textAt(`${url}/metrics`)
    expect(expectTruth(before).size).toBe(rooms)
    expect(await exporter.stop('SIGKILL')).toBe('SIGKILL')
    const killedAt = Date.now()
    const kept = await readState(stateFile)
    expect(kept).toHaveLength(rooms)

    const again = await startExporter(args)
    const text = await textAt(`${again.url}/metrics`)
    expect(expectTruth(text).size).toBe(rooms)
    const successes = valuesByRoom(text, 'rtc_room_last_success_timestamp_seconds')
    for (const value of kept) {
      const lastSuccessMs = (successes.get(idOf(value)) ?? 0) * 1000
      if (lastSuccessMs < killedAt) expect(lastSuccessMs).toBeCloseTo(value.lastSuccessMs, 0)
    }
    expect(valueOf(text, 'rtc_exporter_initial_sweep_complete')).toBe(1)
    expect((await fetch(`${again.url}/-/ready`)).status).toBe(200)
    expect(again.exporter.output()).toMatch(/msg="state restored" file=\S+ rooms=120 in_file=120/)

    const seen = await eventually(
      () => textAt(`${again.url}/metrics`),
      (now) =>
        [...valuesByRoom(now, 'rtc_room_last_success_timestamp_seconds').values()].every(
          (seconds) => seconds * 1000 > killedAt,
        ),
    )
    expect(expectTruth(seen).size).toBe(rooms)
    expect(simulator.arrivals.summary().mostInAnySecond).toBeLessThanOrEqual(40)
  },
  patienceMs,
)

test(
  'asked to stop, it keeps what it last showed; rooms that are no longer watched stay away',
  async () => {
    const stateFile = join(await newFolder(), 'state')
    const { exporter, url, simulator } = await startOn(stateFile, 20)
    const text = await eventually(
      () => textAt(`${url}/metrics`),
      (now) => valuesByRoom(now, 'rtc_room_users_total').size === 20,
    )
    expect(await exporter.stop()).toBe(0)
    const successes = valuesByRoom(text, 'rtc_room_last_success_timestamp_seconds')
    const kept = await readState(stateFile)
    expect(kept).toHaveLength(20)
    for (const value of kept)
      expect(value.lastSuccessMs).toBeGreaterThan((successes.get(idOf(value)) ?? 0) * 1000 - 1)

    const config = await configFile(configText(simulator.url, ids.slice(10, 30)))
    const again = await startExporter([`--config.file=${config}`, `--state.file=${stateFile}`])
    expect(again.exporter.output()).toMatch(/msg="state restored" file=\S+ rooms=10 in_file=20/)
    const shown = expectTruth(await textAt(`${again.url}/metrics`))
    expect(ids.slice(10, 20).every((id) => shown.has(id))).toBe(true)
    expect(ids.slice(0, 10).some((id) => shown.has(id))).toBe(false)
  },
  patienceMs,
)

test(
  'a file that is not its own is refused in one line and kept aside, and it starts cold',
  async () => {
    const folder = await newFolder()
    const stateFile = join(folder, 'state')
    await writeFile(stateFile, 'not mine\n')
    const { exporter, url } = await startOn(stateFile, 5, 5)
    const refusals = exporter.output().match(/msg="state file refused, starting cold".*/g)
    expect(refusals).toHaveLength(1)
    expect(refusals?.[0]).toContain('problem="it is not a state file of this program"')
    const aside = (await readdir(folder)).filter((name) => name.startsWith('state.bad-'))
    expect(aside).toHaveLength(1)
    expect(await readFile(join(folder, aside[0] ?? ''), 'utf8')).toBe('not mine\n')
    await eventually(
      () => textAt(`${url}/metrics`),
      (now) => valuesByRoom(now, 'rtc_room_users_total').size === 5,
    )
    await eventually(
      () => readState(stateFile).catch(() => []),
      (values) => values.length === 5,
    )
  },
  patienceMs,
)

test('a path that cannot be written ends the start with one line', async () => {
  const config = await configFile(configText('http://127.0.0.1:1', ids))
  const exporter = runExporter([`--config.file=${config}`, '--state.file=/nowhere/at/all'])
  closeLater(() => exporter.stop('SIGKILL'))
  expect(await exporter.ended).toBe(1)
  expect(exporter.output()).toMatch(
    /^rtc-room-exporter: the state file "\/nowhere\/at\/all" cannot be used: ENOENT.*\n$/,
  )
})

test(
  'a write that fails is a warning, and polling goes on',
  async () => {
    const folder = await newFolder()
    const stateFile = join(folder, 'sub', 'state')
    await mkdir(join(folder, 'sub'))
    const { exporter, url } = await startOn(stateFile, 5, 5)
    await rm(join(folder, 'sub'), { recursive: true })
    await exporter.printed(/level=warn msg="state file not written" .*ENOENT/)
    await mkdir(join(folder, 'sub'))
    await exporter.printed(/msg="state file written again" .*failures=\d+/)
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200)
  },
  patienceMs,
)
