import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { SecureContextOptions } from 'node:tls'
import { opensslCiphers } from './cipher-suites.ts'
import type { Source } from './document.ts'
import type { Report } from './report.ts'
import { readText } from './text.ts'
import type { ClientAuthType, TlsSection } from './web-schema.ts'
import { curves, tlsVersions } from './web-schema.ts'

/** How TLS is spoken: checked, with the content of the files. */
export interface TlsSettings {
  /** For Node's `tls`; holds the private key. */
  readonly context: SecureContextOptions
  readonly clientAuthType: ClientAuthType
  /** Subject alternative names of which a client's certificate has to bear one; absent = any. */
  readonly clientAllowedSans?: ReadonlySet<string>
}

const section = 'tls_server_config'
const parts = ['cert', 'key', 'client_ca'] as const
type Part = (typeof parts)[number]

/** Absolute paths of the files that the section names. */
export function tlsFilesOf(main: Source, tls: TlsSection): string[] {
  return parts.flatMap((part) => {
    const file = tls[`${part}_file`]
    return file ? [resolve(dirname(main.file), file)] : []
  })
}

/** Whether the section asks for TLS at all, by the rule of the exporter-toolkit. */
export function asksForTls(tls: TlsSection): boolean {
  return (
    parts.some((part) => Boolean(tls[part]) || Boolean(tls[`${part}_file`])) ||
    tls.client_auth_type !== undefined
  )
}

/** Reads what the section names; undefined after reporting what is wrong. */
export async function readTls(
  main: Source,
  tls: TlsSection,
  report: Report,
): Promise<TlsSettings | undefined> {
  const place = (part: Part) => [section, tls[part] ? part : `${part}_file`]
  const [cert, key, ca] = await Promise.all(parts.map((part) => readPart(main, tls, part, report)))
  const clientAuthType = tls.client_auth_type ?? 'NoClientCert'
  for (const fault of contradictions(tls, clientAuthType))
    report.error(main, [section, fault.key], fault.message, 'key')

  const certificate = cert === undefined ? undefined : certificateIn(cert)
  if (cert !== undefined && certificate === undefined)
    report.error(main, place('cert'), 'no certificate can be read from it, want PEM')
  const privateKey = key === undefined ? undefined : privateKeyIn(key)
  if (privateKey !== undefined && 'fault' in privateKey)
    report.error(main, place('key'), privateKey.fault)
  else if (privateKey && certificate?.checkPrivateKey(privateKey.key) === false)
    report.error(main, place('cert'), 'the certificate is not for this key, want a pair')
  if (ca !== undefined && certificateIn(ca) === undefined)
    report.error(main, place('client_ca'), 'no certificate can be read from it, want PEM')
  if (report.errors().length > 0) return undefined

  const context = contextOf(tls, { cert, key, ca })
  try {
    createSecureContext(context)
  } catch (error) {
    const reason = reasonOf(error)
    report.error(main, [section], `OpenSSL refuses it: ${reason}, want another key or setting`)
    return undefined
  }
  const sans = tls.client_allowed_sans
  return { context, clientAuthType, ...(sans && { clientAllowedSans: new Set(sans) }) }
}

async function readPart(main: Source, tls: TlsSection, part: Part, report: Report) {
  const inline = tls[part]
  const fileKey = `${part}_file` as const
  const file = tls[fileKey]
  if (inline && file) {
    const message = `${fileKey} stands beside ${part}, want one of the two`
    report.error(main, [section, fileKey], message, 'key')
  }
  if (inline) return inline
  if (!file) {
    if (part !== 'client_ca')
      report.error(main, [section], `${part} is missing, want ${fileKey} or ${part}`, 'key')
    return undefined
  }
  const read = await readText(resolve(dirname(main.file), file))
  if ('text' in read) return read.text
  // The path is left out: it may be a key that was put in the wrong place.
  const message = `the file of ${fileKey} cannot be read: ${read.fault}, want a PEM file, relative to this one`
  report.error(main, [section, fileKey], message)
  return undefined
}

function contradictions(tls: TlsSection, type: ClientAuthType) {
  const faults: { key: string; message: string }[] = []
  const say = (key: string, message: string) => faults.push({ key, message })
  const caKey = tls.client_ca ? 'client_ca' : tls.client_ca_file ? 'client_ca_file' : undefined
  if (caKey !== undefined && type === 'NoClientCert')
    say(caKey, `${caKey} without client_auth_type, want RequireAndVerifyClientCert`)
  if (tls.client_allowed_sans && !type.startsWith('Require')) {
    const wanted = 'RequireAndVerifyClientCert or RequireAnyClientCert'
    say('client_allowed_sans', `client_allowed_sans needs client_auth_type, want ${wanted}`)
  }
  const { min_version: min = 'TLS12', max_version: max = 'TLS13' } = tls
  if ((min ?? 'TLS12') > (max ?? 'TLS13'))
    say(tls.max_version ? 'max_version' : 'min_version', 'min_version is above max_version')
  return faults
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

function privateKeyIn(pem: string): { key: KeyObject } | { fault: string } {
  try {
    return { key: createPrivateKey(pem) }
  } catch {
    return pem.includes('ENCRYPTED')
      ? { fault: 'the private key is encrypted, want one without a passphrase' }
      : { fault: 'no private key can be read from it, want PEM' }
  }
}

function contextOf(
  tls: TlsSection,
  { cert, key, ca }: Pick<SecureContextOptions, 'cert' | 'key' | 'ca'>,
): SecureContextOptions {
  const min = tls.min_version ?? 'TLS12'
  const ciphers = opensslCiphers(tls.cipher_suites ?? [], min < 'TLS12')
  const ecdhCurve = tls.curve_preferences?.flatMap((name) => curves[name] ?? []).join(':')
  return {
    cert,
    key,
    ...(ca !== undefined && { ca }),
    minVersion: tlsVersions[min],
    maxVersion: tlsVersions[tls.max_version ?? 'TLS13'],
    honorCipherOrder: tls.prefer_server_cipher_suites,
    ...(ciphers !== undefined && { ciphers }),
    ...(ecdhCurve && { ecdhCurve }),
  }
}

function reasonOf(error: unknown): string {
  const hasReason = typeof error === 'object' && error !== null && 'reason' in error
  return hasReason && typeof error.reason === 'string' ? error.reason : 'unknown reason'
}
