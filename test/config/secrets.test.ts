import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createCredentialReader } from '../../src/config/secrets.ts'
import { folderWith } from './folder.ts'

async function setUp(files: Readonly<Record<string, string>>) {
  const folder = await folderWith(files)
  const problems: string[] = []
  let nowMs = 0
  const source = {
    accessKeyId: { file: join(folder, 'id') },
    secretAccessKey: { file: join(folder, 'secret') },
  }
  const read = createCredentialReader(source, {
    monotonic: () => nowMs,
    onProblem: (problem) => problems.push(problem),
  })
  const later = (ms: number) => {
    nowMs += ms
  }
  return {
    folder,
    problems,
    read,
    later,
    write: (name: string, text: string) => writeFile(join(folder, name), text),
  }
}

test('values are given as they are', async () => {
  const read = createCredentialReader({
    accessKeyId: { value: 'AK' },
    secretAccessKey: { value: 'SK' },
    sessionToken: { value: 'T' },
  })
  expect(await read()).toEqual({ accessKeyId: 'AK', secretAccessKey: 'SK', sessionToken: 'T' })
})

test('a rotated file is seen a second later, without its last newline', async () => {
  const { read, later, write } = await setUp({ id: 'AK1\n', secret: 'SK1\r\n' })
  expect(await read()).toEqual({ accessKeyId: 'AK1', secretAccessKey: 'SK1' })
  await write('id', 'AK2')
  later(999)
  expect(await read()).toMatchObject({ accessKeyId: 'AK1' })
  later(1)
  expect(await read()).toMatchObject({ accessKeyId: 'AK2' })
})

test.each(['', '\n', 'two words', 'AK\n\n', 'schlüssel'])(
  'the last good keys stay while a file holds %j, which is told once',
  async (text) => {
    const { read, later, write, problems } = await setUp({ id: 'AK1', secret: 'SK1' })
    const good = await read()
    await write('secret', text)
    for (const step of [1000, 1000, 1000]) {
      later(step)
      expect(await read()).toEqual(good)
    }
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^the file of secret_access_key_file cannot be used: it /)
    await write('secret', 'SK2')
    later(1000)
    expect(await read()).toMatchObject({ secretAccessKey: 'SK2' })
  },
)

test('the last good keys stay while a file is away', async () => {
  const { folder, read, later, problems } = await setUp({ id: 'AK1', secret: 'SK1' })
  const good = await read()
  await rm(join(folder, 'id'))
  later(1000)
  expect(await read()).toEqual(good)
  expect(problems).toEqual(['the file of access_key_id_file cannot be used: no such file'])
})

test('without good keys there is an error that names the file, and no secret', async () => {
  const { read } = await setUp({ id: 'AK1', secret: 'hush hush' })
  const failure = read()
  await expect(failure).rejects.toThrow('the file of secret_access_key_file cannot be used')
  await expect(failure).rejects.not.toThrow('hush')
})

test('callers at the same time share one read', async () => {
  const { read } = await setUp({ id: 'AK1', secret: 'SK1' })
  const [first, second] = await Promise.all([read(), read()])
  expect(first).toBe(second)
})

test('keys from before and after a swap of the folder never come together', async () => {
  const folder = await folderWith({ 'v0/id': 'AK0', 'v0/secret': 'SK0' })
  await symlink('v0', join(folder, 'now'))
  let nowMs = 0
  const read = createCredentialReader(
    {
      accessKeyId: { file: join(folder, 'now/id') },
      secretAccessKey: { file: join(folder, 'now/secret') },
    },
    { monotonic: () => nowMs },
  )
  await read()
  const swap = async (version: number) => {
    const name = `v${String(version)}`
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'id'), `AK${String(version)}`)
    await writeFile(join(folder, name, 'secret'), `SK${String(version)}`)
    await symlink(name, join(folder, 'next'))
    await rename(join(folder, 'next'), join(folder, 'now'))
  }
  for (let version = 1; version <= 50; version += 1) {
    nowMs += 1000
    const [keys] = await Promise.all([read(), swap(version)])
    expect(keys.accessKeyId.slice(2)).toBe(keys.secretAccessKey.slice(2))
  }
})
