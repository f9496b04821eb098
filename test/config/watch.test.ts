import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { watchContent } from '../../src/config/watch.ts'
import { folderWith } from './folder.ts'

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A watch that looks only when told to; `look` ends when the look has been taken in. */
async function watching(paths: () => string[], onChange: () => unknown = () => undefined) {
  const stop = new AbortController()
  let changes = 0
  let wake = () => undefined as unknown
  let slept = () => undefined as unknown
  const sleeping = () =>
    new Promise((resolve) => {
      slept = () => {
        resolve(undefined)
      }
    })
  const firstSleep = sleeping()
  const done = watchContent({
    paths,
    intervalMs: 1000,
    signal: stop.signal,
    onChange: () => {
      changes += 1
      if (changes === 1) onChange()
    },
    sleep: () =>
      new Promise((resolve) => {
        wake = () => {
          resolve()
        }
        slept()
      }),
  })
  closers.push(async () => {
    stop.abort()
    wake()
    await done
  })
  await firstSleep
  return {
    changes: () => changes,
    look: async () => {
      const next = sleeping()
      wake()
      await next
    },
  }
}

test('a change counts once, when two looks agree on it', async () => {
  const folder = await folderWith({ a: '1' })
  const file = join(folder, 'a')
  const watch = await watching(() => [file])
  await watch.look()
  await writeFile(file, '12')
  await watch.look()
  await writeFile(file, '123')
  await watch.look()
  expect(watch.changes()).toBe(0)
  await watch.look()
  expect(watch.changes()).toBe(1)
  await watch.look()
  await watch.look()
  expect(watch.changes()).toBe(1)
})

test('the same content written again is no change', async () => {
  const folder = await folderWith({ a: '1' })
  const watch = await watching(() => [join(folder, 'a')])
  await writeFile(join(folder, 'a'), '1')
  await watch.look()
  await watch.look()
  expect(watch.changes()).toBe(0)
})

test('a file that is away for one look is no change, for two it is', async () => {
  const folder = await folderWith({ a: '1' })
  const file = join(folder, 'a')
  const watch = await watching(() => [file])
  await rm(file)
  await watch.look()
  await writeFile(file, '1')
  await watch.look()
  await watch.look()
  expect(watch.changes()).toBe(0)
  await rm(file)
  await watch.look()
  await watch.look()
  expect(watch.changes()).toBe(1)
})

test('a new file is a change', async () => {
  const folder = await folderWith({ a: '1', c: '3' })
  const paths = [join(folder, 'a')]
  const watch = await watching(() => paths)
  await writeFile(join(folder, 'b'), '2')
  paths.push(join(folder, 'b'))
  await watch.look()
  await watch.look()
  expect(watch.changes()).toBe(1)
})

test('what onChange adds to the paths is no second change', async () => {
  const folder = await folderWith({ a: '1', b: '2' })
  const a = join(folder, 'a')
  const paths = [a]
  const watch = await watching(
    () => paths,
    () => paths.push(join(folder, 'b')),
  )
  await writeFile(a, '2')
  for (let looks = 0; looks < 6; looks += 1) await watch.look()
  expect(watch.changes()).toBe(1)
  await writeFile(join(folder, 'b'), '3')
  await watch.look()
  await watch.look()
  expect(watch.changes()).toBe(2)
})

test('every swap of a ConfigMap is seen', async () => {
  const folder = await folderWith({ '..v0/rooms.yml': '0' })
  await symlink('..v0', join(folder, '..data'))
  await symlink('..data/rooms.yml', join(folder, 'rooms.yml'))
  const watch = await watching(() => [join(folder, 'rooms.yml')])
  for (const version of [1, 2, 3]) {
    const name = `..v${String(version)}`
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'rooms.yml'), String(version))
    await symlink(name, join(folder, '..data_tmp'))
    await rename(join(folder, '..data_tmp'), join(folder, '..data'))
    await rm(join(folder, `..v${String(version - 1)}`), { recursive: true })
    await watch.look()
    await watch.look()
    expect(watch.changes()).toBe(version)
  }
})

test('what onChange throws ends the watch', async () => {
  const folder = await folderWith({ a: '1' })
  const file = join(folder, 'a')
  const watch = watchContent({
    paths: () => [file],
    intervalMs: 1000,
    signal: new AbortController().signal,
    sleep: () => writeFile(file, '2'),
    onChange: () => {
      throw new Error('broken')
    },
  })
  await expect(watch).rejects.toThrow('broken')
})
