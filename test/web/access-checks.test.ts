import { expect, test } from '@jest/globals'
import { createBasicAuth } from '../../src/web/basic-auth.ts'
import { createRefusals } from '../../src/web/refusals.ts'
import { createManualClock } from '../support/clock.ts'

const hash = `$2y$07$${'a'.repeat(53)}`
const users = new Map([['alice', hash]])
const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`

/** Checks whose comparisons end when told to; the password `secret` is right. */
function checking() {
  const asked: string[] = []
  const ends: (() => void)[] = []
  const verdictOf = createBasicAuth((password, against) => {
    asked.push(`${password} ${against}`)
    return new Promise((resolve) => {
      ends.push(() => {
        resolve(password === 'secret')
      })
    })
  })
  return {
    asked,
    check: (credentials: string, remote = '192.0.2.1') =>
      verdictOf(basic(credentials), users, remote),
    /** Ends the comparison under way, and those that it makes room for. */
    async endAll() {
      for (let end = ends.shift(); end; end = ends.shift()) {
        end()
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

test('an unknown user is compared like a known one, at the same cost, and never let in', async () => {
  const { check, asked, endAll } = checking()
  const verdict = check('mallory:secret')
  await endAll()
  expect(await verdict).toBe('wrong')
  expect(asked).toEqual([expect.stringMatching(/^secret \$2b\$07\$.{53}$/)])
})

test('the same credentials at once are compared once, and kept', async () => {
  const { check, asked, endAll } = checking()
  const verdicts = [check('alice:secret'), check('alice:secret'), check('alice:secret')]
  await endAll()
  expect(await Promise.all(verdicts)).toEqual(['right', 'right', 'right'])
  expect(await check('alice:secret')).toBe('right')
  expect(asked).toEqual([`secret ${hash}`])
})

test('no number of wrong passwords makes a right one be compared again', async () => {
  const { check, asked, endAll } = checking()
  const verdict = check('alice:secret')
  await endAll()
  expect(await verdict).toBe('right')
  for (let count = 0; count < 1500; count += 1) {
    const wrong = check(`alice:${String(count)}`)
    await endAll()
    expect(await wrong).toBe('wrong')
  }
  const before = asked.length
  expect(await check('alice:secret')).toBe('right')
  expect(await check('alice:1499')).toBe('wrong')
  expect(asked).toHaveLength(before)
})

test('a flood from one address waits for itself: the next address has the next turn', async () => {
  const { check, asked, endAll } = checking()
  const flood = Array.from({ length: 50 }, (_, index) => check(`alice:${String(index)}`))
  const other = check('alice:secret', '192.0.2.2')
  await endAll()
  const verdicts = await Promise.all(flood)
  expect(verdicts.filter((verdict) => verdict === 'busy')).toHaveLength(46)
  expect(await other).toBe('right')
  expect(asked.map((line) => line.split(' ')[0])).toEqual(['0', 'secret', '1', '2', '3'])
})

test('what waits is bounded, however many addresses ask', async () => {
  const { check, asked, endAll } = checking()
  const flood = Array.from({ length: 1000 }, (_, index) =>
    check(`alice:${String(index)}`, `::${String(index)}`),
  )
  await endAll()
  const verdicts = await Promise.all(flood)
  expect(verdicts.filter((verdict) => verdict === 'wrong')).toHaveLength(32)
  expect(asked).toHaveLength(32)
})

test('refusals from many addresses do not fill the log', async () => {
  const clock = createManualClock()
  const stop = new AbortController()
  const lines: unknown[] = []
  const log = { warn: (_message: string, fields: object) => lines.push(fields) }
  const refused = createRefusals({ log, sleep: clock.sleep, signal: stop.signal })
  for (let count = 0; count < 10_000; count += 1) refused('wrong credentials', `::${String(count)}`)
  expect(lines).toHaveLength(21)
  await clock.pass(60_000)
  expect(lines.slice(21)).toEqual([
    { reason: 'wrong credentials', remote: 'others', count: 9979, seconds: 60 },
  ])
  stop.abort()
})
