import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Exporter } from '../../src/app.ts'
import { readConfig } from '../../src/config/read.ts'
import { createLogger } from '../../src/logger.ts'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import type { Simulator } from '../../src/simulator/server.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import { launchBrowser, openPage } from '../support/browser.ts'
import { startInProcess } from '../support/in-process.ts'

jest.setTimeout(90_000)

const appId = '5c4001d0000000000000a001'
const watched = { appId, roomId: 'Room1' }
const hostile = { appId, roomId: `"><img src=x onerror=alert(1)>'\u202e</td>` }
const rooms = [
  watched,
  hostile,
  ...Array.from({ length: 1998 }, (_, index) => ({
    appId: index % 2 === 0 ? appId : '5c4001d0000000000000a002',
    roomId: `lesson-${String(index + 1)}`,
  })),
]

let folder: string
let simulator: Simulator
let exporter: Exporter
let browser: Browser
const pages: { readonly page: Page; readonly wrong: readonly string[] }[] = []

beforeAll(async () => {
  simulator = await createSimulator({ rooms, latencyMs: [0, 5] })
  simulator.rooms.hold(watched, { exists: true, users: 17, invisibleUsers: 3 })
  simulator.rooms.hold(hostile, { exists: true, users: 5, invisibleUsers: 0 })
  folder = await mkdtemp(join(tmpdir(), 'rtc-room-exporter-browser-'))
  const file = join(folder, 'exporter.yml')
  // The rooms of the test come round every second, though the others take most of a minute.
  const config = {
    api: { endpoint: simulator.url },
    accounts: [
      {
        name: 'default',
        access_key_id: simulatorAccount.accessKeyId,
        secret_access_key: simulatorAccount.secretAccessKey,
      },
    ],
    polling: { interval: '2m', min_interval: '1s' },
    rooms: rooms.map((room) => ({
      app_id: room.appId,
      room_id: room.roomId,
      ...(room === watched && { interval: '1s', labels: { team: 'math' }, min_users: 2 }),
    })),
  }
  await writeFile(file, JSON.stringify(config))
  const started = await startInProcess({
    read: () => readConfig(file, {}),
    log: createLogger({ level: 'error', format: 'json' }, (line) => {
      throw new Error(line)
    }),
  })
  exporter = started.exporter
  browser = await launchBrowser()
})

afterEach(async () => {
  for (const { page } of pages.splice(0)) await page.context().close()
})

afterAll(async () => {
  await browser.close()
  await exporter.stop()
  await simulator.close()
  await rm(folder, { recursive: true })
})

async function open(path: string, options: BrowserContextOptions = {}) {
  const opened = await openPage(browser, options)
  pages.push(opened)
  await opened.page.goto(`${exporter.urls[0] ?? ''}${path}`)
  return opened
}

const rowOf = (page: Page, roomId: string) =>
  page.locator('tbody tr').filter({ has: page.getByRole('link', { name: roomId, exact: true }) })

const summary = (page: Page, text: string) => page.locator('#summary', { hasText: text })

test('searches while one types, filters and sorts, and the address keeps it all', async () => {
  const { page, wrong } = await open('/')
  await summary(page, 'Rooms 1–50 of 2,000').waitFor()
  const search = page.getByRole('searchbox', { name: 'Search' })
  await search.fill('LESSON-199')
  await summary(page, 'Rooms 1–10 of 10 found, 2,000 in all').waitFor()
  await page.waitForURL('**/?q=LESSON-199')
  await page.getByLabel('App').selectOption('5c4001d0000000000000a002')
  await summary(page, 'Rooms 1–5 of 5 found, 2,000 in all').waitFor()
  await page.getByRole('link', { name: 'Room', exact: true }).click()
  await page.locator('th[aria-sort=ascending]', { hasText: 'Room' }).waitFor()
  expect(await page.locator('tbody th').allInnerTexts()).toEqual([
    'lesson-1990',
    'lesson-1992',
    'lesson-1994',
    'lesson-1996',
    'lesson-1998',
  ])
  await page.getByRole('link', { name: 'Room', exact: true }).click()
  await page.locator('th[aria-sort=descending]', { hasText: 'Room' }).waitFor()
  expect(await page.locator('tbody th').first().innerText()).toBe('lesson-1998')
  await page.reload()
  expect(await search.inputValue()).toBe('LESSON-199')
  await summary(page, 'Rooms 1–5 of 5 found').waitFor()
  await page.goBack()
  await page.locator('th[aria-sort=ascending]', { hasText: 'Room' }).waitFor()
  await search.fill('Room1')
  await page.getByLabel('App').selectOption('')
  await page.getByRole('link', { name: /occupied/ }).click()
  await page.waitForURL(/state=occupied/)
  await rowOf(page, 'Room1').waitFor()
  expect(wrong).toEqual([])
})

test('shows a value that changes, in the list and on the room’s page, without being loaded anew', async () => {
  simulator.rooms.hold(watched, { exists: true, users: 17, invisibleUsers: 3 })
  const { page, wrong } = await open('/?q=team%3Dmath')
  const users = rowOf(page, 'Room1').locator('td.users')
  await users.getByText('17', { exact: true }).waitFor()
  await page.evaluate('window.notLoadedAnew = true')
  simulator.rooms.hold(watched, { exists: true, users: 4321, invisibleUsers: 3 })
  await users.getByText('4,321', { exact: true }).waitFor()
  expect(await page.evaluate('window.notLoadedAnew')).toBe(true)
  await page.getByRole('link', { name: 'Room1', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Room1' }).waitFor()
  await page
    .getByText(/4,321 users \(3 invisible\)/)
    .first()
    .waitFor()
  await page.getByText(/It is polled every|It is being polled/).waitFor()
  simulator.rooms.hold(watched, { exists: false, users: 0, invisibleUsers: 0 })
  await page.getByText('room does not exist').first().waitFor()
  await page.getByText('below it').waitFor()
  expect(wrong).toEqual([])
})

test('the keyboard alone leads from the start of the page to a room, and a refresh keeps its place', async () => {
  const { page, wrong } = await open('/?q=team%3Dmath')
  const focused = () => page.evaluate('document.activeElement.textContent.trim()')
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('Skip to the content')
  await page.keyboard.press('Enter')
  for (let presses = 0; presses < 60 && (await focused()) !== 'Room1'; presses++)
    await page.keyboard.press('Tab')
  expect(await focused()).toBe('Room1')
  const users = rowOf(page, 'Room1').locator('td.users')
  simulator.rooms.hold(watched, { exists: true, users: 99, invisibleUsers: 0 })
  await users.getByText('99', { exact: true }).waitFor()
  expect(await focused()).toBe('Room1')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Room1' }).waitFor()
  expect(wrong).toEqual([])
})

test('says that the connection is lost, and when it is back', async () => {
  const { page } = await open('/')
  await page.getByText(/updated \d+ s ago/).waitFor()
  await page.context().setOffline(true)
  await page.getByText(/connection lost, last update \d+ s ago/).waitFor()
  await page.context().setOffline(false)
  await page.getByText(/updated \d+ s ago/).waitFor()
})

test('a room id full of markup is text, in the list and on its page', async () => {
  const { page, wrong } = await open('/?q=onerror')
  const shown = `"><img src=x onerror=alert(1)>'\\u{202e}</td>`
  await page.getByRole('link', { name: shown }).click()
  await page.getByRole('heading', { level: 1, name: shown }).waitFor()
  await page.getByText('5 users').first().waitFor()
  expect(await page.locator('img').count()).toBe(0)
  expect(wrong).toEqual([])
})

test('the policy stops a script that got in after all', async () => {
  const { page, wrong } = await open('/')
  await page.evaluate(`document.body.innerHTML += '<img src="x:" onerror="window.hacked = true">'`)
  await page.evaluate('new Promise((resolve) => setTimeout(resolve))')
  expect(await page.evaluate('window.hacked')).toBeUndefined()
  expect(wrong.join('\n')).toContain('Content Security Policy')
})

test('without script it is a plain table that is searched, sorted and turned by links and a button', async () => {
  const { page, wrong } = await open('/', { javaScriptEnabled: false })
  await page.getByRole('searchbox', { name: 'Search' }).fill('lesson-19')
  await page.getByRole('button', { name: 'Show' }).click()
  await summary(page, 'Rooms 1–50 of 110 found, 2,000 in all').waitFor()
  await page.getByRole('link', { name: 'Room', exact: true }).click()
  await page.getByRole('link', { name: 'Next →' }).click()
  await summary(page, 'Rooms 51–100 of 110 found').waitFor()
  await page.getByRole('link', { name: 'lesson-1950' }).click()
  await page.getByRole('heading', { level: 1, name: 'lesson-1950' }).waitFor()
  expect(wrong).toEqual([])
})

test.each(['light', 'dark'] as const)(
  'a small screen in the %s is not wider than itself',
  async (colorScheme) => {
    const { page, wrong } = await open('/', { colorScheme, viewport: { width: 360, height: 740 } })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(wrong).toEqual([])
  },
)
