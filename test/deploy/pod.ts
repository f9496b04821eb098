import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config/read.ts'
import type { ReadResult } from '../../src/config/read.ts'
import { field } from './tools.ts'
import type { Manifest } from './tools.ts'

/** The one Deployment or StatefulSet. @throws if there are none or several */
export function workloadOf(manifests: readonly Manifest[]): Manifest {
  const [workload, ...others] = manifests.filter(({ kind }) => /^(Deployment|State)/.test(kind))
  if (workload === undefined || others.length > 0) throw new TypeError('want one workload')
  return workload
}

/** The spec of the pods that a workload makes. @throws if it has none */
export function podOf(workload: Manifest): object {
  const pod = field(workload, 'spec', 'template', 'spec')
  if (!(pod instanceof Object)) throw new TypeError('no pod')
  return pod
}

/** The arguments of its one container. */
export function argsOf(workload: Manifest): string[] {
  const args = field(podOf(workload), 'containers', 0, 'args')
  return Array.isArray(args) ? args.map(String) : []
}

/**
 * Where a pod's spec falls short of the profile `restricted`, and of what goes beyond it here: a
 * read-only root and no service account token.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function laxities(pod: unknown): string[] {
  const wanted: [string, unknown, unknown][] = [
    ['runAsNonRoot', field(pod, 'securityContext', 'runAsNonRoot'), true],
    ['seccomp', field(pod, 'securityContext', 'seccompProfile', 'type'), 'RuntimeDefault'],
    ['token', field(pod, 'automountServiceAccountToken'), false],
    ['containers', field(pod, 'containers', 'length'), 1],
    ['escalation', inContainer(pod, 'allowPrivilegeEscalation'), false],
    ['root file system', inContainer(pod, 'readOnlyRootFilesystem'), true],
    ['capabilities', inContainer(pod, 'capabilities', 'drop', 0), 'ALL'],
    ['user', Number(field(pod, 'securityContext', 'runAsUser')) > 0, true],
    ['memory limit', /^\d+Mi$/.test(String(resources(pod, 'limits', 'memory'))), true],
    ['CPU limit', resources(pod, 'limits', 'cpu'), undefined],
  ]
  return wanted.filter(([, found, want]) => found !== want).map(([name]) => name)
}

const inContainer = (pod: unknown, ...path: (string | number)[]) =>
  field(pod, 'containers', 0, 'securityContext', ...path)

const resources = (pod: unknown, ...path: string[]) =>
  field(pod, 'containers', 0, 'resources', ...path)

/** What the exporter makes of files laid out as kubelet mounts a ConfigMap, with keys in place. */
export async function readMounted(files: Readonly<Record<string, string>>): Promise<ReadResult> {
  const directory = await mkdtemp(join(tmpdir(), 'deploy-'))
  try {
    const keys = join(directory, 'keys')
    await mkdir(keys)
    await writeFile(join(keys, 'access_key_id'), 'AK')
    await writeFile(join(keys, 'secret_access_key'), 'SK')
    await mkdir(join(directory, '..2026_11_22'))
    await symlink('..2026_11_22', join(directory, '..data'))
    for (const [name, text] of Object.entries(files)) {
      const placed = text.replaceAll('/run/secrets/rtc-room-exporter', keys)
      await writeFile(join(directory, '..data', name), placed)
      await symlink(join('..data', name), join(directory, name))
    }
    return await readConfig(join(directory, 'exporter.yml'), {})
  } finally {
    await rm(directory, { recursive: true })
  }
}
