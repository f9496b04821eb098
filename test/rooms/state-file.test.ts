import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { formatSnapshot } from '../../src/rooms/snapshot.ts'
import { openStateFile, replaceStateFile } from '../../src/rooms/state-file.ts'
import type { KeptValue } from '../../src/rooms/table.ts'

const now = Date.UTC(2026, 10, 22, 8)
const folders: string[] = []

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })))
})

async function newPath() {
  const folder = await mkdtemp(join(tmpdir(), 'rtc-room-exporter-state-'))
  folders.push(folder)
  return { folder, path: join(folder, 'state') }
}

const value = (users: number): KeptValue => ({
  key: 'Room1',
  users,
  invisibleUsers: 0,
  lastSuccessMs: now - 2000,
  lastPollMs: now - 1000,
  pollSucceeded: true,
})
const snapshot = (users: number) => formatSnapshot([value(users)], () => now)

test('without a file there is nothing left, and nothing is left behind', async () => {
  const { folder, path } = await newPath()
  expect(await openStateFile(path, now)).toEqual({ values: [] })
  expect(await readdir(folder)).toEqual([])
})

test('what one run wrote, the next one gets', async () => {
  const { folder, path } = await newPath()
  await replaceStateFile(path, snapshot(1))
  await replaceStateFile(path, snapshot(2))
  expect(await openStateFile(path, now)).toEqual({ values: [value(2)] })
  expect(await readdir(folder)).toEqual(['state'])
})

test('until the new file is whole the old one stands, whatever ends the writing', async () => {
  const { folder, path } = await newPath()
  await replaceStateFile(path, snapshot(1))
  const before = await readFile(path)
  function* broken() {
    const [first = ''] = snapshot(2)
    yield first
    throw new Error('cut off')
  }
  await expect(replaceStateFile(path, broken())).rejects.toThrow('cut off')
  expect(await readFile(path)).toEqual(before)
  expect(await readdir(folder)).toEqual(['state'])
})

test('what a killed process left half-written is removed, what is being written is not', async () => {
  const { folder, path } = await newPath()
  await writeFile(`${path}.tmp-0001`, 'half')
  await utimes(`${path}.tmp-0001`, now / 1000 - 61, now / 1000 - 61)
  await writeFile(`${path}.tmp-0002`, 'half')
  await utimes(`${path}.tmp-0002`, now / 1000 - 1, now / 1000 - 1)
  expect(await openStateFile(path, now)).toEqual({ values: [] })
  expect(await readdir(folder)).toEqual(['state.tmp-0002'])
})

test('a file that cannot be trusted is kept aside under its time, and nothing is overwritten', async () => {
  const { path } = await newPath()
  for (const [copy, text] of ['first', 'second'].entries()) {
    await writeFile(path, text)
    const left = await openStateFile(path, now)
    const keptAs = `${path}.bad-20261122T080000000Z${copy === 0 ? '' : '-2'}`
    const fault = 'it is not a state file of this program'
    expect(left).toEqual({ values: [], refused: { fault, keptAs } })
    expect(await readFile(keptAs, 'utf8')).toBe(text)
  }
})

test('of many such files the last five are kept', async () => {
  const { folder, path } = await newPath()
  for (let at = 0; at < 8; at++) {
    await writeFile(path, String(at))
    await openStateFile(path, now + at)
  }
  const names = (await readdir(folder)).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  expect(texts).toEqual(['3', '4', '5', '6', '7'])
})

test.each<[string, (path: string) => Promise<string>]>([
  ['in a folder that is not there', (path) => Promise.resolve(join(path, 'missing', 'state'))],
  [
    'that is a folder',
    async (path) => {
      await mkdir(path)
      return path
    },
  ],
])('a path %s is refused at once', async (_what, make) => {
  const { path } = await newPath()
  await expect(openStateFile(await make(path), now)).rejects.toThrow(
    /ENOENT|EACCES|something that is no file has that name/,
  )
})

test('a folder that cannot be written is refused, also by a user who may do everything', async () => {
  const { folder, path } = await newPath()
  await chmod(folder, 0o500)
  const name = process.getuid?.() === 0 ? '/proc/state' : path
  await expect(openStateFile(name, now)).rejects.toThrow(/E(ACCES|NOENT|PERM|ROFS)/)
  await chmod(folder, 0o700)
})
