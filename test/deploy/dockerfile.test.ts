import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parseCli } from '../../src/cli.ts'
import { root } from './tools.ts'

interface Instruction {
  readonly name: string
  readonly rest: string
}

const linesOf = (name: string) =>
  readFileSync(join(root, name), 'utf8')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

const instructions = linesOf('Dockerfile').map((line): Instruction => {
  const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
  return { name, rest: rest.replaceAll(/\s+/g, ' ') }
})
const all = (name: string) => instructions.filter((each) => each.name === name).map((i) => i.rest)

/** The instructions of the stage that becomes the image. */
const image = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'))
const last = (name: string) => image.findLast((each) => each.name === name)?.rest ?? ''

test('every line is an instruction', () => {
  expect(instructions.filter(({ name }) => name === '')).toEqual([])
})

test('each stage starts from the same slim Node, pinned to a major and a Debian', () => {
  const bases = all('FROM').map((from) => from.replace(/ AS \w+$/, ''))
  expect(new Set(bases)).toEqual(new Set(['node:24-bookworm-slim']))
  expect(all('FROM')).toHaveLength(3)
})

test('what is copied exists, and reaches the build', () => {
  const copied = all('COPY').filter((copy) => !copy.startsWith('--from='))
  const sources = copied.flatMap((copy) => copy.split(' ').slice(0, -1))
  expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([])
  const [everything, ...kept] = linesOf('.dockerignore')
  expect(everything).toBe('*')
  expect(kept.sort()).toEqual([...new Set(sources)].map((source) => `!${source}`).sort())
})

test('what comes from another stage comes from one that exists', () => {
  const stages = all('FROM').flatMap((from) => / AS (\w+)$/.exec(from)?.[1] ?? [])
  const asked = all('COPY').flatMap((copy) => /^--from=(\w+)/.exec(copy)?.[1] ?? [])
  expect(asked.filter((stage) => !stages.includes(stage))).toEqual([])
})

test('npm installs from the lock file, and runs no package’s scripts', () => {
  expect(all('RUN')).toEqual([
    'npm ci --ignore-scripts',
    'npm run build',
    'echo "${REVISION}" > dist/revision',
    'npm ci --omit=dev --ignore-scripts',
  ])
})

test('the image runs as a numeric user that is not root, without a shell', () => {
  expect(last('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  expect(image.filter(({ name }) => name === 'RUN')).toEqual([])
  expect(JSON.parse(last('ENTRYPOINT'))).toEqual([
    'node',
    '--max-semi-space-size=1',
    '/app/dist/main.js',
  ])
})

test('its command is one that the program knows', () => {
  const flags = last('CMD').match(/[^"[\],\s]+/g) ?? []
  expect(parseCli(flags)).toMatchObject({
    command: 'run',
    configFile: '/etc/rtc-room-exporter/exporter.yml',
  })
  expect(last('EXPOSE')).toBe('10640')
})
