import { resolve } from 'node:path'
import type { Problem } from './config.ts'
import { parseSource } from './document.ts'
import type { Source } from './document.ts'
import type { Report } from './report.ts'
import { check, createReport, quote } from './report.ts'
import { readText } from './text.ts'
import {
  ExcludedPaths,
  Headers,
  HttpSection,
  RateLimitSection,
  TlsSection,
  WebFile,
} from './web-schema.ts'
import type { TlsSettings } from './web-tls.ts'
import { asksForTls, readTls, tlsFilesOf } from './web-tls.ts'

/** Who may ask over HTTP, and how: a checked web configuration file and the files it names. */
export interface WebConfig {
  /** Absent where plain HTTP is spoken. */
  readonly tls?: TlsSettings
  /** User names to bcrypt hashes; empty = everybody may ask. */
  readonly users: ReadonlyMap<string, string>
  /** Paths that are answered without credentials. */
  readonly excludedPaths: ReadonlySet<string>
  /** Headers for every answer. */
  readonly headers: Readonly<Record<string, string>>
  /** `burst` requests at once and one more each `intervalMs`; absent = no limit. */
  readonly rateLimit?: { readonly intervalMs: number; readonly burst: number }
}

/** A web configuration that can be used, or every reason why it cannot. */
export type ReadWebResult = {
  /** Absolute paths of the files that were looked for. */
  readonly files: readonly string[]
} & (
  { readonly webConfig: WebConfig; readonly warnings: Problem[] } | { readonly problems: Problem[] }
)

/**
 * Reads and checks the file of `--web.config.file` and the certificates and keys that it names.
 * Never rejects: what is wrong comes back as problems, all at once.
 * Source: https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
 */
export async function readWebConfig(path: string): Promise<ReadWebResult> {
  const report = createReport()
  report.begin(path)
  const main = await readSource(path, report)
  const files = [resolve(path)]
  if (main === undefined) return { files, problems: report.errors() }

  // An empty file is valid for Prometheus as well: neither TLS nor users.
  const content = main.value ?? {}
  const isMap = isPlainMap(content)
  const sections = check(WebFile, main, [], content, report)
  const { tls_server_config, http_server_config, rate_limit, auth_excluded_paths }: WebFile =
    sections ?? (isMap ? WebFile.strip().parse(content) : {})

  const tlsSection = check(TlsSection, main, ['tls_server_config'], tls_server_config ?? {}, report)
  const httpPath = ['http_server_config']
  const http = check(HttpSection, main, httpPath, http_server_config ?? {}, report)
  const headers = check(Headers, main, [...httpPath, 'headers'], http?.headers ?? {}, report)
  const rateLimit = check(RateLimitSection, main, ['rate_limit'], rate_limit ?? {}, report)
  const excluded = check(ExcludedPaths, main, ['auth_excluded_paths'], auth_excluded_paths, report)
  const users = usersOf(main, isMap ? Object.entries(content) : [], report)
  if (tlsSection) files.push(...tlsFilesOf(main, tlsSection))
  const asksTls = tlsSection !== undefined && asksForTls(tlsSection)
  const tls = asksTls ? await readTls(main, tlsSection, report) : undefined
  if (tls_server_config != null && tlsSection && !asksTls) {
    const message = 'it names no certificate and no key, so TLS stays off'
    report.warning(main, ['tls_server_config'], message, 'key')
  }

  const problems = report.errors()
  if (problems.length > 0) return { files, problems }
  const webConfig: WebConfig = {
    ...(tls && { tls }),
    users,
    excludedPaths: new Set(excluded),
    headers: textsOf(headers ?? {}),
    ...(rateLimit && { rateLimit }),
  }
  return { files, webConfig, warnings: report.warnings() }
}

async function readSource(path: string, report: Report): Promise<Source | undefined> {
  const read = await readText(path)
  if ('fault' in read) {
    const message = `the file cannot be read: ${read.fault}, want a file that can be read here`
    report.add([{ file: path, line: 1, column: 1, message, severity: 'error' }])
    return undefined
  }
  const { source, problems } = parseSource(path, read.text)
  report.add(problems)
  return source
}

const bcryptHash = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/

/** The users of the section, without a schema's words: what stands there may be a password. */
function usersOf(main: Source, content: readonly [string, unknown][], report: Report) {
  const path = ['basic_auth_users']
  const section = content.find(([key]) => key === path[0])?.[1] ?? {}
  const users = new Map<string, string>()
  // Anything else without entries of its own must not pass for a file that names no users.
  if (!isPlainMap(section)) {
    report.error(main, path, 'basic_auth_users is no map, want user names with bcrypt hashes')
    return users
  }
  for (const [user, hash] of Object.entries(section)) {
    const place = [...path, user]
    if (typeof hash === 'string' && bcryptHash.test(hash)) users.set(user, hash)
    else {
      const message = `what stands for user ${quote(user)} is no bcrypt hash, want one such as $2y$10$… and 53 characters`
      report.error(main, place, message)
    }
    if (!user.includes(':')) continue
    const message = `user ${quote(user)} can never log in, want a name without a colon`
    report.warning(main, place, message, 'key')
  }
  return users
}

const isPlainMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value instanceof Object && Object.getPrototypeOf(value) === Object.prototype

/** The headers that have a value; an empty one is the same as none. */
function textsOf(headers: Readonly<Record<string, string | null | undefined>>) {
  const entries = Object.entries(headers)
  return Object.fromEntries(entries.flatMap(([name, value]) => (value ? [[name, value]] : [])))
}
