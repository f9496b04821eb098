import { z } from 'zod'
import { cipherSuiteNames } from './cipher-suites.ts'
import { parseDuration } from './duration.ts'
import { text } from './fields.ts'
import { suggestion } from './nearest.ts'

/** YAML 1.1, which Prometheus reads, has more words for a boolean than YAML 1.2. */
const boolean = z.unknown().transform((value, context) => {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string' && /^(y|yes|on)$/i.test(value)) return true
  if (typeof value === 'string' && /^(n|no|off)$/i.test(value)) return false
  context.addIssue({ code: 'custom', message: 'want true or false' })
  return z.NEVER
})

const file = text('the path of a PEM file', () => undefined).nullish()
const pem = text('PEM', () => undefined).nullish()

/** One of Go's names, with "did you mean" for a near miss. */
const named = (names: readonly string[], wanted: string) =>
  text(wanted).superRefine((value, context) => {
    if (!names.includes(value))
      context.addIssue({ code: 'custom', message: suggestion(value, names) })
  })

/** Versions of TLS by the names that Go's configuration files give them, to Node's. */
export const tlsVersions = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
} as const

const version = z
  .enum(['TLS10', 'TLS11', 'TLS12', 'TLS13'], 'want TLS10, TLS11, TLS12 or TLS13')
  .nullish()

/** Curves by Go's names, to OpenSSL's. */
export const curves: Readonly<Record<string, string>> = {
  CurveP256: 'P-256',
  CurveP384: 'P-384',
  CurveP521: 'P-521',
  X25519: 'X25519',
}

const clientAuthTypes = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const

/** What is asked of a client's certificate, in the words of Go's `tls.ClientAuthType`. */
export type ClientAuthType = (typeof clientAuthTypes)[number]

const clientAuthType = z
  // The empty text and the last word are what Prometheus accepts besides.
  .enum([...clientAuthTypes, '', 'RequireClientCert'], `want ${clientAuthTypes.join(', ')}`)
  .nullish()
  .transform((type): ClientAuthType | undefined => {
    if (type === 'RequireClientCert') return 'RequireAnyClientCert'
    return type === '' || type === null ? undefined : type
  })

const list = (item: z.ZodType<string>, wanted: string) => z.array(item, wanted).nullish()

/** The section `tls_server_config`, before the files that it names are read. */
export const TlsSection = z.strictObject(
  {
    cert: pem,
    cert_file: file,
    key: pem,
    key_file: file,
    client_ca: pem,
    client_ca_file: file,
    client_auth_type: clientAuthType,
    client_allowed_sans: list(text('a name'), 'want a list of names'),
    min_version: version,
    max_version: version,
    cipher_suites: list(named(cipherSuiteNames, 'a cipher suite'), 'want a list of cipher suites'),
    prefer_server_cipher_suites: boolean.default(true),
    curve_preferences: list(named(Object.keys(curves), 'a curve'), 'want a list of curves'),
  },
  'want a map',
)
export type TlsSection = z.infer<typeof TlsSection>

const header = text('a text on one line, without control characters', (value) =>
  /^[\x20-\x7e]*$/.test(value)
    ? undefined
    : 'want printable ASCII on one line, it stands in every answer',
).nullish()

/** The section `http_server_config`. HTTP/2 is never spoken, so its switch changes nothing. */
export const HttpSection = z.strictObject(
  { http2: boolean.optional(), headers: z.unknown().optional() },
  'want a map',
)

/** The headers of `http_server_config`. */
export const Headers = z.strictObject(
  {
    'Content-Security-Policy': header,
    'Strict-Transport-Security': header,
    'X-Content-Type-Options': z.enum(['nosniff'], 'want nosniff').nullish(),
    'X-Frame-Options': z.enum(['deny', 'sameorigin'], 'want deny or sameorigin').nullish(),
    'X-XSS-Protection': header,
  },
  'want a map of headers',
)

const interval = z.union([z.string(), z.literal(0)], 'want a duration such as 100ms')
const burst = 'want a whole number, 1 or more'

/** The section `rate_limit`: undefined where it is switched off. */
export const RateLimitSection = z
  .strictObject({ interval: interval.nullish(), burst: z.int(burst).nullish() }, 'want a map')
  .transform(({ interval, burst: count }, context) => {
    const intervalMs = parseDuration(String(interval ?? 0))
    if (intervalMs === undefined) {
      const message = 'want a duration such as 100ms'
      context.addIssue({ code: 'custom', path: ['interval'], message })
      return z.NEVER
    }
    if (intervalMs === 0) return undefined
    if ((count ?? 0) < 1) {
      context.addIssue({ code: 'custom', path: ['burst'], message: burst })
      return z.NEVER
    }
    return { intervalMs, burst: count ?? 1 }
  })

/** The list `auth_excluded_paths`. */
export const ExcludedPaths = z
  .array(
    z.enum(['/-/healthy', '/-/ready'], 'want /-/healthy or /-/ready'),
    'want a list of /-/healthy and /-/ready',
  )
  .nullish()

/** The keys at the top of the file; the sections are checked one by one. */
export const WebFile = z.strictObject(
  {
    tls_server_config: z.unknown().optional(),
    http_server_config: z.unknown().optional(),
    basic_auth_users: z.unknown().optional(),
    rate_limit: z.unknown().optional(),
    auth_excluded_paths: z.unknown().optional(),
  },
  'want a map',
)
export type WebFile = z.infer<typeof WebFile>
