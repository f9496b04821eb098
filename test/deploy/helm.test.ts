import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { parseCli } from '../../src/cli.ts'
import { argsOf, laxities, podOf, readMounted, workloadOf } from './pod.ts'
import { problemsOf } from './schema.ts'
import { configMapEntry, field, keysOf, parseManifests, root, run } from './tools.ts'

const chart = 'deploy/helm/rtc-room-exporter'
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')
const yamlOf = (path: string): unknown => parse(textOf(path))

/** The base's names, so that what is rendered can be compared with it. */
const named = [
  '--set=fullnameOverride=rtc-room-exporter',
  '--set=keys.existingSecret=rtc-room-exporter-keys',
]
const render = (...args: string[]) => parseManifests(run('helm', 'template', 'r', chart, ...args))
const everything = [
  '--set=podMonitor.enabled=true,podMonitor.labels.release=p',
  '--set=prometheusRule.enabled=true,dashboards.enabled=true',
  '--set=networkPolicy.from[0].podSelector.matchLabels.app=prometheus',
  '--set=podLabels.a=b,podAnnotations.a=b,service.annotations.a=b',
  '--set=imagePullSecrets[0].name=s,nodeSelector.a=b,tolerations[0].operator=Exists',
  '--set-json=affinity={"nodeAffinity":{}}',
  '--set=serviceAccountName=a,priorityClassName=p',
  '--set=extraArgs[0]=--log.format=json,extraEnv[0].name=A,extraEnv[0].value=b',
  '--set=extraVolumes[0].name=v,extraVolumeMounts[0].name=v,extraVolumeMounts[0].mountPath=/v',
]

test('the chart passes its own lint', () => {
  expect(run('helm', 'lint', '--strict', chart, ...named)).toMatch(/0 chart\(s\) failed/)
})

const variants = [
  named,
  [...named, ...everything],
  [...named, '--set=shards=3', ...everything],
  [...named, '--set=serviceMonitor.enabled=true'],
  ['--set=keys.data.access_key_id=a,keys.data.secret_access_key=b'],
].map((args) => render(...args))

test('it is what Kubernetes and the Prometheus operator accept, however it is set', () => {
  expect(problemsOf(variants.flat())).toEqual([])
})

test.each(variants)('its pods are confined, and their flags known (%#)', (...manifests) => {
  const workload = workloadOf(manifests)
  const flags = argsOf(workload).map((flag) => flag.replace('$(POD_INDEX)', '0'))
  expect(laxities(podOf(workload))).toEqual([])
  expect(parseCli(flags)).toMatchObject({ command: 'run' })
})

test('its pod is the pod of the kustomize base', () => {
  const base = parseManifests(run('kubectl', 'kustomize', 'deploy/kubernetes/base'))
  const pod = podOf(workloadOf(render(...named)))
  expect(pod).toMatchObject(podOf(workloadOf(base)))
  expect(field(workloadOf(render(...named)), 'spec', 'strategy')).toEqual({ type: 'Recreate' })
})

test('its shards are as many as its pods', () => {
  const workload = workloadOf(render(...named, '--set=shards=3'))
  expect(workload).toMatchObject({ kind: 'StatefulSet', spec: { replicas: 3 } })
  expect(argsOf(workload)).toEqual(
    expect.arrayContaining(['--shard.index=$(POD_INDEX)', '--shard.count=3']),
  )
})

test('the exporter accepts the configuration as it is mounted, ids like numbers too', async () => {
  const room =
    '--set-json=rooms=[{"app_id":"661000000000000000000543","room_id":"007","labels":{"a":"1"}}]'
  const manifests = render(...named, room)
  const entry = (key: string) => configMapEntry(manifests, 'rtc-room-exporter', key)
  const result = await readMounted({
    'exporter.yml': entry('exporter.yml'),
    'rooms.yml': entry('rooms.yml'),
  })
  expect(result).toMatchObject({
    warnings: [],
    config: { rooms: [{ appId: '661000000000000000000543', roomId: '007', labels: { a: '1' } }] },
  })
})

test('a ConfigMap of the operator takes the place of the chart’s', () => {
  const manifests = render(...named, '--set=existingConfigMap=mine')
  expect(manifests.filter(({ kind }) => kind === 'ConfigMap')).toEqual([])
  expect(field(podOf(workloadOf(manifests)), 'volumes', 0, 'configMap', 'name')).toBe('mine')
})

test.each([
  ['no keys', [], /existingSecret and keys.data are both empty, want one of them/],
  ['two sources of keys', [...named, '--set=keys.data.a=b'], /both set, want one of them/],
  ['a value that does not exist', [...named, '--set=room=1'], /'room' not allowed/],
  ['a secret in the ConfigMap', [...named, secretInside()], /'secret_access_key' not allowed/],
  ['more than the API allows', [...named, '--set=config.accounts[0].qps=41'], /maximum/],
  ['an id that YAML has changed', [...named, '--set=rooms[0].app_id=7'], /got number, want string/],
  ['a wrong duration', [...named, '--set=config.polling.interval=30'], /polling\/interval/],
  [
    'two monitors',
    [...named, '--set=podMonitor.enabled=true,serviceMonitor.enabled=true'],
    /both enabled, want one/,
  ],
])('%s is refused', (_, args, message) => {
  expect(() => render(...args)).toThrow(message)
})

function secretInside(): string {
  return '--set=config.accounts[0].name=a,config.accounts[0].secret_access_key=b'
}

test('every value is in the schema, and the schema knows no other', () => {
  const values = keysOf(yamlOf(`${chart}/values.yaml`))
  const schema = field(yamlOf(`${chart}/values.schema.json`), 'properties')
  expect(
    keysOf(schema)
      .filter((name) => name !== 'global')
      .sort(),
  ).toEqual(values.sort())
})

test('rules and dashboards arrive whole', () => {
  const manifests = render(...named, ...everything)
  const rule = manifests.find(({ kind }) => kind === 'PrometheusRule')
  const entry = configMapEntry(manifests, 'rtc-room-exporter-rooms', 'rooms.json')
  expect(field(rule, 'spec')).toEqual(yamlOf('deploy/prometheus/rules/rtc-room.rules.yml'))
  expect(JSON.parse(entry)).toEqual(JSON.parse(textOf('deploy/grafana/dashboards/rooms.json')))
})

test('chart and image have the version of the program', () => {
  const version = field(yamlOf('package.json'), 'version')
  expect(yamlOf(`${chart}/Chart.yaml`)).toMatchObject({ version, appVersion: version })
})
