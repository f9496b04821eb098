import { connect } from 'node:net'
import { expect, test } from '@jest/globals'
import { ask, guarded, hashOf } from './guarded.ts'

const alice = hashOf('secret')
const users = `basic_auth_users: { alice: ${JSON.stringify(alice)} }\n`

test('an empty file lets everybody in, by plain HTTP', async () => {
  const { url } = await guarded({ 'web.yml': '' })
  expect(url).toMatch(/^http:/)
  expect(await ask(url)).toMatchObject({ status: 200, body: 'hello' })
})

test('with users, only they get in; the others learn what is wanted and no more', async () => {
  const { url } = await guarded({ 'web.yml': users })
  const missing = await ask(url)
  expect(missing).toMatchObject({ status: 401, body: 'unauthorized, want a user and a password\n' })
  expect(missing.headers['www-authenticate']).toBe(
    'Basic realm="rtc-room-exporter", charset="UTF-8"',
  )
  const wrong = await ask(url, { auth: 'alice:wrong' })
  const unknown = await ask(url, { auth: 'mallory:secret' })
  expect(wrong.status).toBe(401)
  expect({ ...unknown, headers: [] }).toEqual({ ...wrong, headers: [] })
  expect(await ask(url, { auth: 'alice:secret' })).toMatchObject({ status: 200, body: 'hello' })
})

test.each(['$2a$', '$2b$', '$2y$'])('hashes that begin with %s are understood', async (prefix) => {
  const hash = hashOf('pass:wörd').replace('$2b$', prefix)
  const { url } = await guarded({ 'web.yml': `basic_auth_users: { bob: "${hash}" }\n` })
  expect((await ask(url, { auth: 'bob:pass:wörd' })).status).toBe(200)
  expect((await ask(url, { auth: 'bob:pass' })).status).toBe(401)
})

test.each([
  'Basic',
  'Basic !',
  'Basic YWxpY2U=',
  'Bearer YWxpY2U6c2VjcmV0',
  `Basic ${'A'.repeat(8000)}`,
])('the header %p is no credential', async (authorization) => {
  const { url } = await guarded({ 'web.yml': users })
  const response = await fetch(url, { headers: { authorization } })
  expect(response.status).toBe(401)
})

test('excluded paths are answered without credentials, and nothing that only looks like them', async () => {
  const { url } = await guarded({
    'web.yml': `${users}auth_excluded_paths: [/-/healthy, /-/ready]\n`,
  })
  const statusOf = async (path: string) => (await ask(`${url}${path}`)).status
  expect(await statusOf('/-/healthy')).toBe(200)
  expect(await statusOf('/-/ready?verbose')).toBe(200)
  for (const path of ['/', '/metrics', '/-/healthy/', '/-/Healthy', '//-/ready', '/-/ready%3f'])
    expect([path, await statusOf(path)]).toEqual([path, 401])
  expect(await rawStatus(url, '/metrics/../-/healthy')).toBe(401)
  expect(await rawStatus(url, 'http://x/-/healthy')).toBe(401)
})

/** The status for a request target that no URL parser has cleaned up. */
async function rawStatus(url: string, target: string): Promise<number> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return Number(answer.split(' ')[1])
}

test('configured headers are on every answer', async () => {
  const { url } = await guarded({
    'web.yml': `${users}http_server_config: { http2: off, headers: { X-Frame-Options: deny, Strict-Transport-Security: max-age=60 } }\n`,
  })
  const headers = { 'x-frame-options': 'deny', 'strict-transport-security': 'max-age=60' }
  expect((await ask(url)).headers).toMatchObject(headers)
  expect((await ask(url, { auth: 'alice:secret' })).headers).toMatchObject(headers)
})

test('a rate limit lets a burst through, and then one request an interval; probes are outside', async () => {
  const { url, clock } = await guarded({
    'web.yml': 'rate_limit: { interval: 10s, burst: 2 }\nauth_excluded_paths: [/-/healthy]\n',
  })
  const statuses = async (count: number) => {
    const found: unknown[] = []
    while (found.length < count) found.push((await ask(url)).status)
    return found
  }
  expect(await statuses(3)).toEqual([200, 200, 429])
  await clock.pass(10_000)
  expect(await statuses(2)).toEqual([200, 429])
  expect((await ask(`${url}/-/healthy`)).status).toBe(200)
})

test('a changed file counts without a restart', async () => {
  const { url, write, logged, lines } = await guarded({ 'web.yml': users })
  expect((await ask(url, { auth: 'alice:secret' })).status).toBe(200)
  await write({ 'web.yml': `basic_auth_users: { alice: "${hashOf('changed')}" }\n` })
  await logged(/web configuration/)
  expect((await ask(url, { auth: 'alice:secret' })).status).toBe(401)
  expect((await ask(url, { auth: 'alice:changed' })).status).toBe(200)
  expect(lines.filter((line) => !line.includes('refused'))).toEqual([
    'level=info msg="web configuration" tls=false users=1',
    'level=info msg="web configuration" tls=false users=1',
  ])
})

test('an invalid file leaves the last good one in force and is said once', async () => {
  const { url, write, logged, lines, clock } = await guarded({ 'web.yml': users })
  await write({ 'web.yml': 'basic_auth_users: { alice: secret }\n' })
  await logged(/not taken over/)
  await clock.pass(600_000)
  expect((await ask(url)).status).toBe(401)
  expect((await ask(url, { auth: 'alice:secret' })).status).toBe(200)
  expect(lines.filter((line) => line.startsWith('level=error'))).toEqual([
    'level=error msg="web configuration problem" problem="web.yml:1:28: what stands for user \\"alice\\" is no bcrypt hash, want one such as $2y$10$… and 53 characters"',
    'level=error msg="web configuration not taken over, the old one stays"',
  ])
})

test('refusals are logged the first time, then counted once a minute', async () => {
  const { url, lines, clock } = await guarded({ 'web.yml': users })
  for (let count = 0; count < 30; count += 1) await ask(url, { auth: 'alice:wrong' })
  await ask(url)
  const refused = () => lines.filter((line) => line.includes('refused'))
  expect(refused()).toEqual([
    'level=warn msg=refused reason="wrong credentials" remote=127.0.0.1',
    'level=warn msg=refused reason="no credentials" remote=127.0.0.1',
  ])
  await clock.pass(60_000)
  expect(refused().slice(2)).toEqual([
    'level=warn msg="refused again" reason="wrong credentials" remote=127.0.0.1 count=29 seconds=60',
  ])
  await clock.pass(600_000)
  expect(refused()).toHaveLength(3)
  expect(lines.join('\n')).not.toMatch(/alice|secret|\$2/)
})
