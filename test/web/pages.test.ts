import { expect, test } from '@jest/globals'
import { room, roomList } from '../support/rooms.ts'
import { failed, openSite, present } from './site.ts'

/** What a person reads, tags and space apart. */
const textOf = (page: string) =>
  page
    .replace(/<title>.*?<\/title>|<[^>]*>/gs, ' ')
    .replace(/\s+/g, ' ')
    .trim()
const verdictOf = (page: string) =>
  textOf(/<section\s+id="verdict".*?<\/section>/s.exec(page)?.[0] ?? '')
const rowsOf = (page: string) =>
  [...page.matchAll(/<tr id="room-\d+".*?<\/tr>/gs)].map(([row]) => textOf(row))

test('all is well', async () => {
  const site = await openSite(roomList(2))
  site.poll(0, present(3, 1))
  site.poll(1, { kind: 'absent' })
  const { status, text } = await site.get('/')
  expect(status).toBe(200)
  expect(verdictOf(text)).toBe('all 2 rooms fresh')
  expect(rowsOf(text)).toEqual([
    'missing Room1 0123456789abcdef01234567 0 0 0 s in line',
    'occupied Room0 0123456789abcdef01234567 3 1 0 s in line',
  ])
})

test('the verdict names the worst first, why, and for how long', async () => {
  const site = await openSite(roomList(4), {
    configReload: { succeeded: false, lastSuccessMs: 0, problems: ['exporter.yml:3:1: <bad>'] },
  })
  for (const slot of [0, 1, 2]) site.poll(slot, failed(slot === 2 ? 'timeout' : 'auth'))
  site.poll(3, present(1))
  await site.clock.pass(60_000)
  site.poll(3, failed('timeout'))
  const { text } = await site.get('/')
  expect(verdictOf(text)).toBe(
    '3 rooms stale: ‘auth’ for 1 min the configuration is invalid, the last good one stays 1 room failing: ‘timeout’ for 0 s, values still good',
  )
  expect(text).toContain('exporter.yml:3:1: &lt;bad&gt;')
})

test('the first sweep says how far it is', async () => {
  const firstSweep = { polled: 1240, rooms: 10_000, leftMs: 180_000 }
  const site = await openSite(roomList(3), { firstSweep })
  const { text } = await site.get('/')
  expect(verdictOf(text)).toBe('first sweep: 1,240 of 10,000 rooms, about 3 min to go')
  expect(text).toMatch(/<progress\s+max="10000"\s+value="1240"/)
})

test('no room, no failure to answer', async () => {
  const site = await openSite([])
  expect(verdictOf((await site.get('/')).text)).toBe('no room is configured')
})

test('a parameter that is not understood shows the usual page', async () => {
  const site = await openSite(roomList(60))
  const { status, text } = await site.get('/?limit=many&sort=%3Cb%3E&state=x')
  expect(status).toBe(200)
  expect(rowsOf(text)).toHaveLength(50)
})

test('the parts of the list are linked, and links keep what was asked for', async () => {
  const site = await openSite(roomList(120))
  const { text } = await site.get('/?q=room&sort=room_id&limit=50&offset=50')
  expect(rowsOf(text)).toHaveLength(50)
  expect(rowsOf(text)[0]).toContain('Room50')
  expect(text).toContain('Rooms 51–100 of 120')
  expect(text).toMatch(/id="page-before"\s+href="\/\?q=room&amp;sort=room_id"/)
  expect(text).toMatch(/id="page-after"\s+href="\/\?q=room&amp;sort=room_id&amp;offset=100"/)
  expect(text).toMatch(/aria-sort="ascending"\s*>\s*<a\s+id="sort-room_id"/)
})

test('what is typed into the search comes back as text', async () => {
  const site = await openSite(roomList(1))
  const { text } = await site.get(`/?q=${encodeURIComponent('"><script>alert(1)</script>')}`)
  expect(text).not.toContain('<script>alert')
  expect(text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
})

test('a room says why it is polled when it is, and how its polls went', async () => {
  const site = await openSite([room({ minUsers: 5, labels: { team: 'math' } })])
  site.poll(0, failed('server', 'InternalError (HTTP 500)'), 'id-of-failure')
  site.poll(0, present(3, 1), 'id-of-success')
  const text = textOf((await site.get('/rooms/0123456789abcdef01234567/Room1')).text)
  expect(text).toContain('occupied Users are in the room. Users 3 Invisible 1 Age 0 s')
  expect(text).toContain('Minimum of users 5 below it')
  expect(text).toContain('Label team math')
  expect(text).toContain('It waits for its first poll')
  expect(text).toMatch(/3 users \(1 invisible\) 50 ms 1 id-of-success/)
  expect(text).toMatch(/server InternalError \(HTTP 500\) 50 ms 1 id-of-failure/)
})

const hostile = [
  '<img src=x onerror=alert(1)>',
  `" onmouseover="alert(1)`,
  `'><svg/onload=alert(1)>`,
  'javascript:alert(1)',
  '</title><script>alert(1)</script>',
  '\u0000\u001b[31m\r\nSet-Cookie: a=b',
  '\u202e\u2066evil\u200f',
  '&lt;b&gt;',
  '💥'.repeat(128),
]

test.each(hostile)('the id, app id, label and request id %j do nothing', async (text) => {
  const labels = { team: text }
  const site = await openSite([room({ roomId: text, appId: text, labels })])
  site.poll(0, failed('unknown', text), text)
  const path = `/rooms/${encodeURIComponent(text)}/${encodeURIComponent(text)}`
  for (const url of ['/', path]) {
    const { text: page, headers } = await site.get(url)
    expect(page).not.toMatch(/<img|<svg\//)
    expect(page.match(/<script\b[^>]*>/g)).toEqual(['<script src="/assets/page.js" type="module">'])
    const withoutValues = page.replace(/"[^"]*"/g, '""')
    expect(withoutValues).not.toMatch(/<[^>]*\son\w+=/)
    expect(withoutValues).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
    expect(headers.get('set-cookie')).toBeNull()
  }
  expect((await site.get(path)).status).toBe(200)
})

test.each(['/', '/rooms/a/b', '/config', '/api/v1/rooms', '/api/v1/status', '/assets/page.js'])(
  '%s lets a browser load nothing from elsewhere and guess nothing',
  async (path) => {
    const { headers } = await (await openSite(roomList(1))).get(path)
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
  },
)

test('pages hold no inline style and no inline script, which the policy would refuse', async () => {
  const { text } = await (await openSite(roomList(3))).get('/')
  expect(text).not.toMatch(/\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)/)
})
