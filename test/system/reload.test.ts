import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import { eventually, textAt, valueOf } from '../support/program.ts'
import {
  closeLater,
  configFile,
  configText,
  newFolder,
  roomIds,
  simulate,
  startExporter,
  valuesByRoom,
} from '../support/trial.ts'

const patienceMs = 240_000
const successful = 'rtc_exporter_config_last_reload_successful'
const since = 'rtc_exporter_config_last_reload_success_timestamp_seconds'

/** The rooms that a scrape knows of, polled or not. */
const watched = (text: string) => [
  ...valuesByRoom(text, 'rtc_room_last_success_timestamp_seconds').keys(),
]

async function startOn(rooms: number, flags: readonly string[] = []) {
  const simulator = await simulate(rooms)
  const file = await configFile(configText(simulator.url, roomIds(rooms)))
  const started = await startExporter([`--config.file=${file}`, ...flags])
  const scrape = () => textAt(`${started.url}/metrics`)
  const reload = async () => {
    const response = await fetch(`${started.url}/-/reload`, { method: 'POST' })
    return { status: response.status, text: await response.text() }
  }
  return { simulator, file, ...started, scrape, reload }
}

/** Ways to be wrong, each at another stage of reading. */
const brokenTexts = (good: string) => [
  `${good} }`,
  good.replace('"polling"', '"poling"'),
  good.replace('"room_id":"Room1"', '"room_id":"Room0"'),
  good.replace('"room_id":"Room1"', '"room_id":17'),
]

test(
  '200 reloads in a row under load, half of them invalid, cost no room, no request and no memory',
  async () => {
    const rooms = 60
    const { simulator, file, scrape, reload } = await startOn(rooms, ['--web.enable-lifecycle'])
    const isWhole = (text: string) => valuesByRoom(text, 'rtc_room_users_total').size >= rooms
    await eventually(scrape, isWhole)
    const over = new AbortController()
    closeLater(() => {
      over.abort()
    })
    const scrapes: { rooms: number; isOk: boolean }[] = []
    const scraping = (async () => {
      while (!over.signal.aborted) {
        const shown = valuesByRoom(await scrape(), 'rtc_room_users_total')
        scrapes.push({ rooms: shown.size, isOk: roomIds(rooms).every((id) => shown.has(id)) })
      }
    })()
    const heaps: number[] = []
    for (let round = 0; round < 100; round++) {
      const extra = `Extra${String(round)}`
      const interval = round % 2 === 0 ? '1s' : '2s'
      const polling = { interval, min_interval: '1s', max_age: '60s' }
      const good = configText(simulator.url, [...roomIds(rooms), extra], { polling })
      await writeFile(file, good)
      expect((await reload()).status).toBe(200)
      let text = await scrape()
      expect(watched(text).slice(-1)).toEqual([extra])
      expect(watched(text)).toHaveLength(rooms + 1)
      expect(valueOf(text, successful)).toBe(1)

      await writeFile(file, brokenTexts(good)[round % 4] ?? '')
      const refused = await reload()
      expect(refused.status).toBe(500)
      expect(refused.text).toMatch(/exporter\.yml:\d+:\d+: /)
      text = await scrape()
      expect(watched(text)).toHaveLength(rooms + 1)
      expect(valueOf(text, successful)).toBe(0)
      heaps.push(valueOf(text, 'nodejs_heap_size_used_bytes') ?? NaN)
    }
    over.abort()
    await scraping
    expect(scrapes.filter(({ isOk }) => !isOk)).toEqual([])
    expect(simulator.arrivals.summary().mostInAnySecond).toBeLessThanOrEqual(40)
    // The least that was in use in a stretch is what no garbage collection could give back.
    const [early, late] = [Math.min(...heaps.slice(25, 50)), Math.min(...heaps.slice(75))]
    expect(late).toBeLessThan(early * 1.15)
  },
  patienceMs,
)

test(
  'SIGHUP takes over what the file says; over HTTP it is forbidden unless allowed',
  async () => {
    const { simulator, file, exporter, scrape, reload } = await startOn(5)
    await writeFile(file, configText(simulator.url, ['Room1', 'Another']))
    expect(await reload()).toEqual({
      status: 403,
      text: 'not allowed, start with --web.enable-lifecycle\n',
    })
    expect(watched(await scrape())).toHaveLength(5)
    exporter.child.kill('SIGHUP')
    await exporter.printed(/msg="configuration reloaded" trigger=signal rooms=2/)
    expect(watched(await scrape()).sort()).toEqual(['Another', 'Room1'])

    await writeFile(file, 'rooms: [')
    exporter.child.kill('SIGHUP')
    await exporter.printed(/msg="configuration not reloaded, the old one stays" trigger=signal/)
    const text = await scrape()
    expect(valueOf(text, successful)).toBe(0)
    expect(watched(text).sort()).toEqual(['Another', 'Room1'])
  },
  patienceMs,
)

test(
  'a ConfigMap that is swapped is taken over, again and again',
  async () => {
    const simulator = await simulate(5)
    const folder = await newFolder()
    const swapIn = async (version: string, text: string) => {
      await mkdir(join(folder, `..${version}`))
      await writeFile(join(folder, `..${version}`, 'exporter.yml'), text)
      await symlink(`..${version}`, join(folder, '..data_tmp'))
      await rename(join(folder, '..data_tmp'), join(folder, '..data'))
    }
    await swapIn('v1', configText(simulator.url, ['Room1']))
    const file = join(folder, 'exporter.yml')
    await symlink('..data/exporter.yml', file)
    const flags = ['--config.enable-auto-reload', '--config.auto-reload-interval=50ms']
    const { url } = await startExporter([`--config.file=${file}`, ...flags])
    const scrape = () => textAt(`${url}/metrics`)
    for (const version of [2, 3, 4]) {
      const added = `Room${String(version)}`
      await swapIn(`v${String(version)}`, configText(simulator.url, ['Room1', added]))
      await rm(join(folder, `..v${String(version - 1)}`), { recursive: true })
      const text = await eventually(scrape, (now) => watched(now).includes(added))
      expect(watched(text).sort()).toEqual(['Room1', added])
      expect(valueOf(text, successful)).toBe(1)
    }
    await swapIn('v5', 'rooms: [')
    await eventually(scrape, (text) => valueOf(text, successful) === 0)
    expect(watched(await scrape()).sort()).toEqual(['Room1', 'Room4'])
  },
  patienceMs,
)

test(
  'rotated key files are used without a reload',
  async () => {
    const rotated = { accessKeyId: 'ROTATED-KEY', secretAccessKey: 'rotated-secret-useless' }
    const simulator = await simulate(5, { accounts: [simulatorAccount, rotated] })
    const folder = await newFolder()
    // As Kubernetes mounts a Secret: one link is swapped for all files.
    const put = async ({ accessKeyId, secretAccessKey }: typeof rotated) => {
      await mkdir(join(folder, accessKeyId))
      await writeFile(join(folder, accessKeyId, 'id'), `${accessKeyId}\n`)
      await writeFile(join(folder, accessKeyId, 'secret'), `${secretAccessKey}\n`)
      await symlink(accessKeyId, join(folder, '..data_tmp'))
      await rename(join(folder, '..data_tmp'), join(folder, '..data'))
    }
    await put(simulatorAccount)
    const account = {
      access_key_id_file: join(folder, '..data', 'id'),
      secret_access_key_file: join(folder, '..data', 'secret'),
    }
    const file = await configFile(configText(simulator.url, roomIds(5), { account }))
    const { url } = await startExporter([`--config.file=${file}`])
    const loadedAt = valueOf(await textAt(`${url}/metrics`), since)
    const arrived = (accessKeyId: string) => () =>
      Promise.resolve(simulator.arrivals.summary({ accessKeyId }).verdicts.ok ?? 0)
    await eventually(arrived(simulatorAccount.accessKeyId), (count) => count > 5)
    await put(rotated)
    await eventually(arrived(rotated.accessKeyId), (count) => count > 5)
    expect(valueOf(await textAt(`${url}/metrics`), since)).toBe(loadedAt)
  },
  patienceMs,
)

test(
  'a large configuration is read beside the polling, and arrives whole',
  async () => {
    const { simulator, file, scrape, reload } = await startOn(5, ['--web.enable-lifecycle'])
    await writeFile(file, configText(simulator.url, roomIds(5500)))
    expect((await reload()).status).toBe(200)
    expect(watched(await scrape()).sort()).toEqual(roomIds(5500).sort())
    await writeFile(file, configText(simulator.url, roomIds(5)))
    expect((await reload()).status).toBe(200)
    expect(watched(await scrape()).sort()).toEqual(roomIds(5))
  },
  patienceMs,
)
