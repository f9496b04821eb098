import { dirname, resolve } from 'node:path'
import type { Account, CredentialSource, SecretSource } from './config.ts'
import type { Path, Source } from './document.ts'
import type { Report } from './report.ts'
import { quote } from './report.ts'
import type { AccountEntry } from './schema.ts'
import { readSecret, secretFault } from './text.ts'

/** The environment as it is handed in; only the three variables named below are looked at. */
export type Environment = Readonly<Record<string, string | undefined>>

/** An entry of `accounts` with its place in the file. */
export interface PlacedAccount {
  readonly entry: AccountEntry
  readonly path: Path
}

/** A secret's configured source beside what it holds now. */
interface Found {
  readonly source: SecretSource
  readonly text: string
}

const secrets = [
  { key: 'access_key_id', variable: 'VOLC_ACCESSKEY', isOptional: false },
  { key: 'secret_access_key', variable: 'VOLC_SECRETKEY', isOptional: false },
  { key: 'session_token', variable: 'VOLC_SESSION_TOKEN', isOptional: true },
] as const

/**
 * The accounts with their key sources, each read once to see that it can be. Without entries it is
 * the account `default` with keys from the environment.
 */
export async function resolveAccounts(
  entries: readonly PlacedAccount[] | undefined,
  source: Source,
  env: Environment,
  report: Report,
): Promise<Account[]> {
  const accounts: Account[] = []
  const nameOfKeyId = new Map<string, string>()
  const names = new Set<string>()
  const implied = { entry: { name: 'default', qps: 40, keys: {} }, path: [] }
  for (const { entry, path } of entries ?? [implied]) {
    const { name, qps, keys } = entry
    if (names.has(name)) {
      const message = `account ${quote(name)} is there already, want each name once`
      report.error(source, [...path, 'name'], message)
    }
    names.add(name)
    const isFromEnvironment =
      name === 'default' && Object.values(keys).every((value) => value === undefined)
    const found = isFromEnvironment
      ? fromEnvironment(env, source, path, report)
      : await fromFile(entry, source, path, report)
    if (found === undefined) continue
    const { text } = found.accessKeyId
    const other = nameOfKeyId.get(text)
    if (other !== undefined) {
      const message = `account ${quote(name)} has the access key id of account ${quote(other)}, merge them: they share one limit`
      report.error(source, path, message)
    }
    nameOfKeyId.set(text, name)
    accounts.push({ name, qps, credentials: credentialsOf(found) })
  }
  return accounts
}

/** Absolute paths of the files that hold the accounts' keys. */
export function secretFilesOf(accounts: readonly Account[]): string[] {
  return accounts.flatMap(({ credentials }) =>
    Object.values(credentials).flatMap((source: SecretSource) =>
      'file' in source ? [source.file] : [],
    ),
  )
}

type FoundKeys = Record<'accessKeyId' | 'secretAccessKey', Found> & {
  sessionToken: Found | undefined
}

function credentialsOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: FoundKeys): CredentialSource {
  return {
    accessKeyId: accessKeyId.source,
    secretAccessKey: secretAccessKey.source,
    ...(sessionToken && { sessionToken: sessionToken.source }),
  }
}

function fromEnvironment(env: Environment, source: Source, path: Path, report: Report) {
  const missing = secrets.filter(({ variable, isOptional }) => !isOptional && !env[variable])
  if (missing.length > 0) {
    const names = missing.map(({ variable }) => variable).join(' and ')
    const message = `account "default" has no keys and ${names} ${missing.length > 1 ? 'are' : 'is'} not set, want keys in the environment or in the file`
    report.error(source, path, message)
    return undefined
  }
  const [accessKeyId, secretAccessKey, sessionToken] = secrets.map(({ variable }) => {
    const text = env[variable] ?? ''
    const fault = text === '' ? undefined : secretFault(text)
    if (fault !== undefined) {
      report.error(source, path, `${variable} cannot be used: ${fault}, want the key alone`)
    }
    return text === '' || fault !== undefined ? undefined : { source: { value: text }, text }
  })
  return accessKeyId && secretAccessKey && { accessKeyId, secretAccessKey, sessionToken }
}

async function fromFile({ name, keys }: AccountEntry, source: Source, path: Path, report: Report) {
  const read = async ({
    key,
    isOptional,
  }: (typeof secrets)[number]): Promise<Found | undefined> => {
    const value = keys[key]
    const file = keys[`${key}_file`]
    if (value !== undefined && file !== undefined) {
      const message = `${key}_file stands beside ${key}, want one of the two`
      report.error(source, [...path, `${key}_file`], message, 'key')
    } else if (value !== undefined) {
      const fault = secretFault(value)
      if (fault === undefined) return { source: { value }, text: value }
      report.error(source, [...path, key], `${key} cannot be used: ${fault}, want the key alone`)
    } else if (file !== undefined) {
      const absolute = resolve(dirname(source.file), file)
      const content = await readSecret(absolute)
      if ('text' in content) return { source: { file: absolute }, text: content.text }
      // The path is left out: it may be the secret itself under the wrong key.
      const message = `the file of ${key}_file cannot be used: ${content.fault}, want one that holds the key alone`
      report.error(source, [...path, `${key}_file`], message)
    } else if (!isOptional) {
      const message = `account ${quote(name)} has no ${key}, want ${key} or ${key}_file`
      report.error(source, path, message)
    }
    return undefined
  }
  const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all(secrets.map(read))
  return accessKeyId && secretAccessKey && { accessKeyId, secretAccessKey, sessionToken }
}
