import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { parseCli } from '../../src/cli.ts'
import { root } from './tools.ts'

const unitFile = join(root, 'deploy/systemd/rtc-room-exporter.service')
const text = readFileSync(unitFile, 'utf8').replaceAll('\\\n', ' ')
const directory = mkdtempSync(join(tmpdir(), 'systemd-'))
afterAll(() => {
  rmSync(directory, { recursive: true })
})

/** All values of a directive, in order. */
const valuesOf = (directive: string) =>
  [...text.matchAll(new RegExp(`^${directive}=(.*)$`, 'gm'))].map(([, value]) => value)

test('systemd understands every line', () => {
  // verify wants the program to exist, and Node need not be where the unit has it.
  const copy = join(directory, 'rtc-room-exporter.service')
  writeFileSync(copy, text.replace('/usr/bin/node', process.execPath))
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', copy], { encoding: 'utf8' })
  // It also looks at the units that this one names, which are the machine's.
  const ours = stderr.split('\n').filter((line) => line.includes('rtc-room-exporter'))
  expect({ status, ours }).toEqual({ status: 0, ours: [] })
})

test('its exposure is at most 2 of 10 (1.1 with systemd 252, which other versions count otherwise)', () => {
  const flags = ['security', '--offline=true', '--threshold=20', '--no-pager', unitFile]
  expect(execFileSync('systemd-analyze', flags, { encoding: 'utf8' })).toMatch(/exposure level/)
})

test('Node may compile, which is the one protection that it cannot have', () => {
  expect(valuesOf('MemoryDenyWriteExecute')).toEqual([])
})

test('its flags are known', () => {
  const [program, nodeFlag, script, ...flags] = String(valuesOf('ExecStart')[0]).split(/\s+/)
  expect([program, nodeFlag]).toEqual(['/usr/bin/node', '--max-semi-space-size=1'])
  expect(script).toBe('/opt/rtc-room-exporter/dist/main.js')
  expect(parseCli(flags)).toMatchObject({ command: 'run' })
})

test('its state is kept in the directory that it is given', () => {
  expect(text).toContain(`--state.file=/var/lib/${String(valuesOf('StateDirectory')[0])}/`)
})

test('the example names the credentials where systemd puts them', () => {
  const example = readFileSync(join(root, 'deploy/systemd/exporter.yml'), 'utf8')
  const names = valuesOf('LoadCredential').map((value) => String(value).split(':')[0])
  const named = [...example.matchAll(/_file: \/run\/credentials\/([^/]+)\/(\w+)/g)]
  expect(named.map(([, unit, name]) => [unit, name])).toEqual(
    names.map((name) => ['rtc-room-exporter.service', name]),
  )
})

test('a failed start is tried again, wrong usage is not', () => {
  expect(valuesOf('Restart')).toEqual(['always'])
  expect(Number(valuesOf('RestartSec')[0])).toBeGreaterThanOrEqual(1)
  expect(valuesOf('RestartPreventExitStatus')).toEqual(['2'])
})
