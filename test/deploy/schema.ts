import { basename, join } from 'node:path'
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor'
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule'
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Secret } from 'kubernetes-models/v1/Secret'
import { Service } from 'kubernetes-models/v1/Service'
import ts from 'typescript'
import type { Manifest } from './tools.ts'

/**
 * What is wrong with Kubernetes objects, one line each. The schemas know what must be there and in
 * which form, but allow fields that do not exist; the compiler, given the object as a literal of
 * its published type, does not.
 */
export function problemsOf(manifests: readonly Manifest[]): string[] {
  // The published type of a rule is older than keep_firing_for; promtool checks the rules.
  const typed = manifests.filter(({ kind }) => kind !== 'PrometheusRule')
  return [...manifests.flatMap(schemaProblems), ...typeProblems(typed)]
}

function schemaProblems(manifest: Manifest): string[] {
  try {
    validate(manifest)
    return []
  } catch (error) {
    return [`${manifest.kind}: ${String(error)}`]
  }
}

function validate(manifest: unknown): void {
  if (ConfigMap.is(manifest)) new ConfigMap(manifest).validate()
  else if (Deployment.is(manifest)) new Deployment(manifest).validate()
  else if (NetworkPolicy.is(manifest)) new NetworkPolicy(manifest).validate()
  else if (PodMonitor.is(manifest)) new PodMonitor(manifest).validate()
  else if (PrometheusRule.is(manifest)) new PrometheusRule(manifest).validate()
  else if (Secret.is(manifest)) new Secret(manifest).validate()
  else if (Service.is(manifest)) new Service(manifest).validate()
  else if (ServiceMonitor.is(manifest)) new ServiceMonitor(manifest).validate()
  else if (StatefulSet.is(manifest)) new StatefulSet(manifest).validate()
  else throw new TypeError('no schema for this apiVersion and kind')
}

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
}

function typeProblems(manifests: readonly Manifest[]): string[] {
  const sources = new Map(
    manifests.map((manifest, at) => [
      join(import.meta.dirname, `${manifest.kind}-${String(at)}.ts`),
      literalOf(manifest),
    ]),
  )
  const host = ts.createCompilerHost(options)
  const fromDisk = { ...host }
  host.fileExists = (file) => sources.has(file) || fromDisk.fileExists(file)
  host.readFile = (file) => sources.get(file) ?? fromDisk.readFile(file)
  const program = ts.createProgram([...sources.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const [kind] = basename(file?.fileName ?? '').split('-')
    return `${String(kind)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

function literalOf(manifest: Manifest): string {
  const version = String(manifest.apiVersion)
  const models = version.startsWith('monitoring.coreos.com/')
    ? '@kubernetes-models/prometheus-operator'
    : 'kubernetes-models'
  const type = `I${manifest.kind}`
  return [
    `import type { ${type} } from '${models}/${version}/${manifest.kind}'`,
    `export const manifest: ${type} = ${JSON.stringify(manifest)}`,
  ].join('\n')
}
