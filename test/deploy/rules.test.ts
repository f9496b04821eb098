import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, jest, test } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from './tools.ts'

// Programs start slowly on a busy machine; nothing here depends on how long they take.
jest.setTimeout(120_000)

const folder = join(root, 'deploy/prometheus')
const rulesFile = join(folder, 'rules/rtc-room.rules.yml')
const testFolder = join(folder, 'rules/tests')
const testFiles = readdirSync(testFolder)
const runbooks = readdirSync(join(root, 'deploy/runbooks'))

/** What promtool prints. Rejects with that and the exit code when it finds a fault. */
const promtool = async (...args: string[]) => (await promisify(execFile)('promtool', args)).stdout

const Recording = z.strictObject({ record: z.string(), expr: z.string() })
const Alert = z.strictObject({
  alert: z.string().regex(/^RTC[A-Za-z]+$/),
  expr: z.string(),
  for: z.string().optional(),
  keep_firing_for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }),
  annotations: z.strictObject({
    summary: z.string().min(10).max(120),
    description: z.string().min(20),
    runbook_url: z.string(),
  }),
})
const Rules = z.object({
  groups: z.array(z.object({ name: z.string(), rules: z.array(z.union([Recording, Alert])) })),
})
const rules = Rules.parse(parse(readFileSync(rulesFile, 'utf8'))).groups.flatMap(
  (group) => group.rules,
)
const alerts = rules.filter((rule) => 'alert' in rule)

const Case = z.object({
  name: z.string(),
  alert_rule_test: z
    .array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) }))
    .default([]),
  promql_expr_test: z.array(z.object({ expr: z.string() })).default([]),
})
const cases = testFiles.flatMap(
  (file) =>
    z.object({ tests: z.array(Case) }).parse(parse(readFileSync(join(testFolder, file), 'utf8')))
      .tests,
)

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

test('promtool accepts the rules and the configuration that names them', async () => {
  expect(await promtool('check', 'rules', '--lint-fatal', rulesFile)).toContain(
    `${String(rules.length)} rules found`,
  )
  const config = await promtool('check', 'config', join(folder, 'prometheus.yml'))
  expect(config).toContain('1 rule files found')
  expect(config).toContain(`${String(rules.length)} rules found`)
})

test.each(testFiles)('promtool finds every expectation of %s met', async (file) => {
  expect(await promtool('test', 'rules', join(testFolder, file))).toContain('SUCCESS')
})

test.each(alerts.map(({ alert }) => alert))('%s has a case that fires and a silent one', (name) => {
  const outcomes = cases
    .map((each) => each.alert_rule_test.filter(({ alertname }) => alertname === name))
    .filter((checks) => checks.length > 0)
    .map((checks) => checks.some(({ exp_alerts }) => exp_alerts.length > 0))
  expect(outcomes).toContain(true)
  expect(outcomes).toContain(false)
})

test('every recording rule is asked for in a test', () => {
  const asked = cases.flatMap((each) => each.promql_expr_test.map(({ expr }) => expr))
  const unasked = rules
    .filter((rule) => 'record' in rule)
    .filter(({ record }) => !asked.some((expr) => expr.startsWith(record)))
  expect(unasked).toEqual([])
})

test('every series of the exporter is selected by its job', () => {
  const strays = rules.flatMap(({ expr }) =>
    [...expr.matchAll(/(?<![\w:])(?:rtc_\w+|up)(?![\w:])(?:\{[^}]*\})?/g)]
      .map(([selector]) => selector)
      .filter((selector) => !selector.includes('{job="rtc-room-exporter"')),
  )
  expect(strays).toEqual([])
})

test('no alert on a room or an app carries the name of an instance', () => {
  const texts = alerts
    .filter(({ alert }) => /^RTC(Room|App)/.test(alert))
    .map(({ annotations }) => JSON.stringify(annotations))
  expect(texts.length).toBeGreaterThan(5)
  expect(texts.filter((text) => text.includes('$labels.instance'))).toEqual([])
})

test('every alert names its runbook, and every runbook has its alert', () => {
  const base = 'https://github.com/rtc-room-exporter/rtc-room-exporter/blob/main/deploy/runbooks/'
  for (const { alert, annotations } of alerts)
    expect(annotations.runbook_url).toBe(`${base}${alert}.md`)
  expect(runbooks.toSorted()).toEqual(alerts.map(({ alert }) => `${alert}.md`).sort())
})

test('docs/alerts.md lists the alerts with their severities, most interesting first', () => {
  const text = readFileSync(join(root, 'docs/alerts.md'), 'utf8')
  const listed = [...text.matchAll(/^\| \[(\w+)\]\(\.\.\/deploy\/runbooks\/\1\.md\) +\| (\w+)/gm)]
  expect(listed.map(([, alert, severity]) => `${String(alert)} ${String(severity)}`)).toEqual(
    alerts.map(({ alert, labels }) => `${alert} ${labels.severity}`),
  )
})

test('runbooks have the same three parts, and promtool can read their queries', async () => {
  const queries = runbooks.flatMap((file) => {
    const text = readFileSync(join(root, 'deploy/runbooks', file), 'utf8')
    expect(text.match(/^#.*/gm)).toEqual([
      `# ${basename(file, '.md')}`,
      '## What it means',
      '## Look here first',
      '## Do this',
    ])
    return [...text.matchAll(/```promql\n(.+?)```/gs)].map(([, query]) => String(query))
  })
  expect(queries.length).toBeGreaterThanOrEqual(runbooks.length)
  const scratch = mkdtempSync(join(tmpdir(), 'runbooks-'))
  closers.push(() => {
    rmSync(scratch, { recursive: true })
  })
  const file = join(scratch, 'queries.yml')
  const asRules = queries.map((expr, index) => ({ record: `query:${String(index)}`, expr }))
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'runbooks', rules: asRules }] }))
  expect(await promtool('check', 'rules', file)).toContain(`${String(queries.length)} rules found`)
})
