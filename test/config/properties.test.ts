import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { stringify } from 'yaml'
import type { Problem } from '../../src/config/config.ts'
import { formatProblem } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read.ts'
import { env, folderWith } from './folder.ts'

const keys = fc.constantFrom(
  ...['api', 'accounts', 'polling', 'rooms', 'room_files', 'app_id', 'room_id', 'account', 'name'],
  ...['interval', 'max_age', 'min_interval', 'labels', 'min_users', 'qps', 'endpoint', '__proto__'],
  ...['access_key_id', 'secret_access_key_file', 'constructor', '', '<<'],
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      '10s',
      'default',
      '*.none',
      'https://example.com',
      '0s',
      'http://x y',
      '[',
      '!',
    ),
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
  ),
}))
const yamlish = fc
  .array(
    fc.constantFrom(
      ...['rooms', ':', ' ', '\n', '- ', '  ', '{', '}', '[', ']', ',', '"', "'", '&a', '*a', '!x'],
      ...['app_id', 'room_id', '|', '>', '#', '---\n', '%YAML 1.1\n', '? ', '\t', '\r\n', '\ufeff'],
      ...['<<', '1e5', '~', '\\ud800', '@', '\u2028', '\0', 'accounts', '...\n'],
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))
const file = fc.oneof(
  yamlish,
  fc.string({ unit: 'binary' }),
  value.map((data) => stringify(data)),
  fc.dictionary(keys, value).map((data) => stringify(data)),
  value.map((data) => JSON.stringify(data)),
)

function expectInside({ line, column, message }: Problem, text: string) {
  const lines = text.split('\n')
  expect(line).toBeGreaterThanOrEqual(1)
  expect(line).toBeLessThanOrEqual(lines.length)
  expect(column).toBeGreaterThanOrEqual(1)
  expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1)
  expect(message).toMatch(/^[^\n]+, [^\n]+$/)
  expect(message).not.toMatch(/undefined|\[object|Invalid input/)
}

test('whatever the file holds, the reader answers, and every problem lies inside the file', async () => {
  const folder = await folderWith({})
  const path = join(folder, 'main.yml')
  await fc.assert(
    fc.asyncProperty(file, async (text) => {
      await writeFile(path, text)
      const read = await readConfig(path, env)
      const problems = 'problems' in read ? read.problems : read.warnings
      if ('problems' in read) expect(problems).not.toEqual([])
      for (const problem of problems) {
        expectInside(problem, Buffer.from(text).toString())
        expect(formatProblem(problem)).not.toContain('\n')
      }
    }),
    { numRuns: 300 },
  )
}, 60_000)

test.each(['['.repeat(20_000), '- '.repeat(20_000), `- ${'{a: '.repeat(20_000)}`])(
  'deep nesting is a problem, not a crash',
  async (text) => {
    const folder = await folderWith({ 'main.yml': text })
    expect(await readConfig(join(folder, 'main.yml'), env)).toHaveProperty('problems')
  },
)

test('bytes that are no UTF-8 are a problem', async () => {
  const folder = await folderWith({})
  await writeFile(join(folder, 'main.yml'), Buffer.from([0x2d, 0x20, 0xff]))
  expect(await readConfig(join(folder, 'main.yml'), env)).toMatchObject({
    problems: [
      { message: 'the file cannot be read: it is not UTF-8, want a file that can be read here' },
    ],
  })
})
