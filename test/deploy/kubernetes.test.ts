import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { generateManifests } from '../../deploy/kubernetes/source/manifests.ts'
import { parseCli } from '../../src/cli.ts'
import { argsOf, laxities, podOf, readMounted, workloadOf } from './pod.ts'
import { problemsOf } from './schema.ts'
import { configMapEntry, field, parseManifests, root, run } from './tools.ts'

const render = (folder: string) =>
  parseManifests(run('kubectl', 'kustomize', `deploy/kubernetes/${folder}`))
const base = render('base')
const sharded = render('overlays/sharded')
const ofKind = (kind: string) => base.find((manifest) => manifest.kind === kind)
const yamlOf = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'))

test('a field that does not exist, and a value of the wrong form, are problems', () => {
  const service = (spec: object) => ({ apiVersion: 'v1', kind: 'Service', spec })
  expect(problemsOf([service({ port: [] }), service({ ports: [{ port: 70.5 }] })])).toEqual([
    expect.stringMatching(/^Service: .*data.spec.ports.0.port must be integer/),
    expect.stringMatching(/^Service: .*port.* does not exist in type 'IServiceSpec'/),
  ])
})

test.each([
  ['base', base],
  ['sharded', sharded],
])('%s is what Kubernetes and the Prometheus operator accept', (_, manifests) => {
  expect(problemsOf(manifests)).toEqual([])
  expect(laxities(podOf(workloadOf(manifests)))).toEqual([])
  expect(parseCli(argsOf(workloadOf(manifests)).map(asStarted))).toMatchObject({ command: 'run' })
})

/** What kubelet makes of an argument. */
const asStarted = (argument: string) => argument.replace('$(POD_INDEX)', '0')

test('no two pods of the base ever spend the budget at once', () => {
  expect(workloadOf(base)).toMatchObject({
    kind: 'Deployment',
    spec: { replicas: 1, strategy: { type: 'Recreate' } },
  })
})

test('the shards are the base cut in as many parts as there are pods', () => {
  const workload = workloadOf(sharded)
  const replicas = String(field(workload, 'spec', 'replicas'))
  expect(workload.kind).toBe('StatefulSet')
  expect(argsOf(workload)).toEqual([
    ...argsOf(workloadOf(base)),
    '--shard.index=$(POD_INDEX)',
    `--shard.count=${replicas}`,
  ])
  expect(field(podOf(workload), 'volumes')).toEqual(field(podOf(workloadOf(base)), 'volumes'))
})

test('the exporter accepts the configuration as it is mounted', async () => {
  const entry = (key: string) => configMapEntry(base, 'rtc-room-exporter', key)
  const result = await readMounted({
    'exporter.yml': entry('exporter.yml'),
    'rooms.yml': entry('rooms.yml'),
  })
  expect(result).toMatchObject({ warnings: [], config: { rooms: [{ roomId: 'Room1' }] } })
})

test('service, policy and monitor point at the pods, under the job name of the rules', () => {
  const labels = field(workloadOf(base), 'spec', 'template', 'metadata', 'labels')
  const monitor = ofKind('PodMonitor')
  expect(field(ofKind('Service'), 'spec', 'selector')).toEqual(labels)
  expect(field(ofKind('NetworkPolicy'), 'spec', 'podSelector', 'matchLabels')).toEqual(labels)
  expect(field(monitor, 'spec', 'selector', 'matchLabels')).toEqual(labels)
  expect(field(labels, String(field(monitor, 'spec', 'jobLabel')))).toBe('rtc-room-exporter')
})

test('rules and dashboards are copied as they are now (else: npm run manifests)', async () => {
  const files = await generateManifests()
  for (const { path, text } of files) expect(readFileSync(path, 'utf8')).toBe(text)
  const folder = dirname(files.find(({ path }) => path.endsWith('.json'))?.path ?? '')
  expect(readdirSync(folder).sort()).toEqual(
    readdirSync(join(root, 'deploy/grafana/dashboards')).sort(),
  )
  const rules = yamlOf('deploy/prometheus/rules/rtc-room.rules.yml')
  expect(field(ofKind('PrometheusRule'), 'spec')).toEqual(rules)
}, 60_000)

test('the image has the version of the program', () => {
  const image = field(podOf(workloadOf(base)), 'containers', 0, 'image')
  expect(image).toBe(`rtc-room-exporter:${String(field(yamlOf('package.json'), 'version'))}`)
})
