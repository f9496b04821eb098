import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'

/** The checkout's root. */
export const root = join(import.meta.dirname, '../..')

/** A Kubernetes object as it was rendered, no more checked than that it has a kind. */
export interface Manifest {
  readonly kind: string
  readonly [field: string]: unknown
}

/**
 * Runs `helm` or `kubectl` in the checkout, as `npm run setup` installed it or from the PATH.
 *
 * @returns what it printed
 * @throws with its standard error if it fails
 */
export function run(tool: 'helm' | 'kubectl', ...args: readonly string[]): string {
  const installed = join(root, 'node_modules/.cache/deploy-tools', tool)
  return execFileSync(existsSync(installed) ? installed : tool, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: 'pipe',
  })
}

/** The objects of a stream of YAML documents. @throws if one is not an object with a kind */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map((document) => {
      const value: unknown = document.toJS()
      return value
    })
    .filter((value) => value !== null)
    .map((value) => {
      if (!isManifest(value)) throw new TypeError(`not a manifest: ${JSON.stringify(value)}`)
      return value
    })
}

/** The text under one key of the one ConfigMap with that name. @throws if there is none */
export function configMapEntry(manifests: readonly Manifest[], name: string, key: string): string {
  const found = manifests.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && field(metadata, 'name') === name,
  )
  const text = field(found?.data, key)
  if (typeof text !== 'string') throw new TypeError(`no ConfigMap "${name}" with "${key}"`)
  return text
}

/** The value at a path of keys and indexes, undefined where there is none. */
export function field(value: unknown, ...path: readonly (string | number)[]): unknown {
  let at = value
  for (const key of path) at = isRecord(at) ? at[key] : undefined
  return at
}

/** The keys of an object. @throws if it is none */
export function keysOf(value: unknown): string[] {
  if (!isRecord(value)) throw new TypeError('not an object')
  return Object.keys(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value instanceof Object
}

function isManifest(value: unknown): value is Manifest {
  return typeof field(value, 'kind') === 'string'
}
