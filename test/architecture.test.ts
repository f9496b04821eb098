import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from '@jest/globals'

const src = join(import.meta.dirname, '../src')

/** Which of our own folders (or files at the top) each may import, besides its own folder. */
const mayImport: Record<string, readonly string[]> = {
  'main.ts': [
    'cli.ts',
    'app.ts',
    'access.ts',
    'state.ts',
    'demo',
    'simulator',
    'logger.ts',
    'config',
    'room.ts',
  ],
  demo: ['cli.ts', 'app.ts', 'simulator', 'logger.ts', 'config', 'exposition', 'room.ts'],
  'app.ts': [
    'access.ts',
    'fleet.ts',
    'state.ts',
    'view.ts',
    'config',
    'exposition',
    'web',
    'room.ts',
    'logger.ts',
    'rounds.ts',
  ],
  'fleet.ts': ['accounts.ts', 'config', 'polling', 'rooms', 'room.ts'],
  'accounts.ts': ['config', 'volc', 'polling', 'room.ts', 'logger.ts'],
  'access.ts': ['config', 'web', 'room.ts', 'logger.ts'],
  'state.ts': ['fleet.ts', 'rooms', 'room.ts', 'logger.ts'],
  'view.ts': ['fleet.ts', 'config', 'web', 'room.ts'],
  'cli.ts': ['config'],
  'logger.ts': [],
  'room.ts': [],
  'rounds.ts': [],
  config: ['room.ts'],
  volc: ['room.ts'],
  polling: ['room.ts'],
  rooms: ['room.ts'],
  exposition: ['room.ts', 'rounds.ts'],
  web: ['room.ts'],
  simulator: ['volc/signature.ts', 'room.ts'],
}

/** The only file that may import a package, or name a global, that reaches outside the program. */
const onlyIn: Record<string, RegExp> = {
  'volc/client.ts': /(from |import\()'got'/,
  'polling/budget.ts': /(from |import\()'bottleneck'/,
  'web/server.ts': /(from |import\()'express'/,
  'main.ts': /\bprocess\./,
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)
const textOf = (file: string) => readFileSync(join(src, file), 'utf8')
const roomOf = (file: string) => file.split('/')[0] ?? file

test('the house has files, and every one of them stands in the table', () => {
  expect(files.length).toBeGreaterThan(20)
  expect(files.filter((file) => !(roomOf(file) in mayImport))).toEqual([])
})

test('imports follow the layers', () => {
  const strays = files.flatMap((file) =>
    [...textOf(file).matchAll(/(?:from |import\()'(\.{1,2}\/[^']+)'/g)]
      .map(([, specifier]) => relative(src, join(src, file, '..', String(specifier))))
      .filter((target) => {
        const allowed = [roomOf(file), ...(mayImport[roomOf(file)] ?? [])]
        return !allowed.includes(target) && !allowed.includes(roomOf(target))
      })
      .map((target) => `${file} imports ${target}`),
  )
  expect(strays).toEqual([])
})

test.each(Object.entries(onlyIn))('only %s has %s', (owner, pattern) => {
  expect(textOf(owner)).toMatch(pattern)
  expect(files.filter((file) => file !== owner && pattern.test(textOf(file)))).toEqual([])
})
