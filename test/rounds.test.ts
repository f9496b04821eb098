import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { inRounds } from '../src/rounds.ts'

/** Work whose rounds are ended by hand. */
function startRounds() {
  const begun: { said: string; end: (result: string) => void; fail: (why: string) => void }[] = []
  const ask = inRounds(
    (said: string) =>
      new Promise<string>((end, reject) => {
        begun.push({
          said,
          end,
          fail(why) {
            reject(new Error(why))
          },
        })
      }),
  )
  const saids = () => begun.map(({ said }) => said)
  return { ask, begun, saids }
}

test('who asks together shares a round; who asks while one runs gets the next', async () => {
  const { ask, begun, saids } = startRounds()
  const together = [ask('a'), ask('b')]
  await setImmediate()
  await setImmediate()
  const later = [ask('c'), ask('d')]
  await setImmediate()
  await setImmediate()
  expect(saids()).toEqual(['a'])
  begun[0]?.end('first')
  expect(await Promise.all(together)).toEqual(['first', 'first'])
  await setImmediate()
  await setImmediate()
  expect(saids()).toEqual(['a', 'c'])
  begun[1]?.end('second')
  expect(await Promise.all(later)).toEqual(['second', 'second'])
})

test('a round that fails fails for those who share it; the next is done all the same', async () => {
  const { ask, begun } = startRounds()
  const first = ask('a')
  await setImmediate()
  await setImmediate()
  const second = ask('b')
  begun[0]?.fail('broken')
  await expect(first).rejects.toThrow('broken')
  await setImmediate()
  await setImmediate()
  begun[1]?.end('whole')
  expect(await second).toBe('whole')
})
