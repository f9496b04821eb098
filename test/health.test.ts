import { expect, test } from '@jest/globals'
import { createLogger } from '../src/logger.ts'
import { createManualClock } from './support/clock.ts'
import { runInProcess } from './support/in-process.ts'
import { configText } from './support/trial.ts'

test('a poll loop that stands turns the health to 503, and the log says once why', async () => {
  const manual = createManualClock()
  let isStuck = false
  const clock = {
    ...manual,
    // A timer that never fires, as a bug in the loop would look like.
    sleep: (ms: number, signal?: AbortSignal) =>
      isStuck && ms < 1000 ? new Promise<void>(() => undefined) : manual.sleep(ms, signal),
  }
  const logged: string[] = []
  const log = createLogger({ level: 'info', format: 'logfmt' }, (line) => logged.push(line))
  // The one room fails at once, is not due for a long time, and the loop sleeps.
  const polling = { interval: '1h', min_interval: '1h', max_age: '2h' }
  const { url } = await runInProcess(configText('http://127.0.0.1:1', ['Room1'], { polling }), {
    log,
    clock,
  })
  const health = async () => {
    const response = await fetch(`${url}/-/healthy`)
    return { status: response.status, text: await response.text() }
  }
  await manual.pass(2000)
  expect(await health()).toEqual({ status: 200, text: 'healthy\n' })
  isStuck = true
  await manual.pass(60_000)
  const why = /^account default: the poll loop has not moved for \d+s\n$/
  expect(await health()).toEqual({ status: 503, text: expect.stringMatching(why) })
  const lines = logged.filter((line) => line.includes('poll loop stands still'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(
    /level=error .*account=default why="the poll loop has not moved for \d+s"/,
  )
})
