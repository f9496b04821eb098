import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'

const root = join(import.meta.dirname, '../../..')
const chart = 'deploy/helm/rtc-room-exporter/files'
const rulesFile = 'deploy/prometheus/rules/rtc-room.rules.yml'
const dashboards = 'deploy/grafana/dashboards'

const origin = (file: string) => `# Written by \`npm run manifests\` from ${file}.\n`

const ruleHead = `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: rtc-room-exporter
  labels:
    app.kubernetes.io/name: rtc-room-exporter
spec:
`

/** A file's absolute path and its whole text. */
export interface GeneratedFile {
  readonly path: string
  readonly text: string
}

/**
 * What kustomize and Helm need of the rules and dashboards: neither reads a file outside its own
 * folder, so they get copies, and comments are kept.
 */
export async function generateManifests(): Promise<GeneratedFile[]> {
  const rules = await readFile(join(root, rulesFile), 'utf8')
  const names = (await readdir(join(root, dashboards))).filter((name) => name.endsWith('.json'))
  return Promise.all([
    formatted(
      'deploy/kubernetes/base/prometheus-rule.yaml',
      origin(rulesFile) + ruleHead + rules.replace(/^(?=.)/gm, '  '),
    ),
    formatted(`${chart}/rtc-room.rules.yml`, origin(rulesFile) + rules),
    ...names.map(async (name) =>
      formatted(
        `${chart}/dashboards/${name}`,
        await readFile(join(root, dashboards, name), 'utf8'),
      ),
    ),
  ])
}

async function formatted(path: string, text: string): Promise<GeneratedFile> {
  const filepath = join(root, path)
  return {
    path: filepath,
    text: await format(text, { ...(await resolveConfig(filepath)), filepath }),
  }
}
