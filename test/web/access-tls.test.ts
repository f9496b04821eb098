import { once } from 'node:events'
import { connect } from 'node:net'
import { beforeAll, expect, test } from '@jest/globals'
import type { Pair } from '../support/certificates.ts'
import { createAuthority, createCertificate } from '../support/certificates.ts'
import type { Asking } from './guarded.ts'
import { ask, guarded } from './guarded.ts'

interface Material {
  readonly authority: Pair
  readonly server: Pair
  readonly client: Pair
  readonly stranger: Pair
}

const made: { material?: Material } = {}

beforeAll(async () => {
  const authority = await createAuthority('ours')
  made.material = {
    authority,
    server: await createCertificate(authority, 'IP:127.0.0.1'),
    client: await createCertificate(authority, 'DNS:prometheus.example,IP:::1,URI:spiffe://x/y'),
    stranger: await createCertificate(await createAuthority('theirs'), 'DNS:prometheus.example'),
  }
})

function material(): Material {
  if (made.material === undefined) throw new Error('no certificates')
  return made.material
}

const tls = (more = '') => `tls_server_config: { cert_file: cert.pem, key_file: key.pem${more} }\n`

/** The files of a server with TLS. */
const files = (more = '', pair = material().server) => ({
  'web.yml': tls(more),
  'cert.pem': pair.cert,
  'key.pem': pair.key,
  'ca.pem': material().authority.cert,
})

/** The status, or the code of the error with which the connection ended. */
async function outcome(url: string, asking: Asking = {}): Promise<number | string | undefined> {
  const { cert: ca } = material().authority
  return ask(url, { ca, ...asking }).then(
    ({ status }) => status,
    (error: unknown) =>
      typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'error',
  )
}

test('https, with a certificate that clients can verify', async () => {
  const { url } = await guarded(files())
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:/)
  expect(await outcome(url)).toBe(200)
  expect(await outcome(url, { ca: material().stranger.cert })).toMatch(/UNABLE|SELF_SIGNED/)
})

test('certificate and key can stand in the file itself', async () => {
  const { cert, key } = material().server
  const text = JSON.stringify({ tls_server_config: { cert, key } })
  const { url } = await guarded({ 'web.yml': text })
  expect(await outcome(url)).toBe(200)
})

test('plain HTTP on the port of TLS is refused and counted', async () => {
  const { url, lines } = await guarded(files())
  await expect(ask(url.replace('https:', 'http:'))).rejects.toThrow()
  expect(lines).toContain('level=warn msg=refused reason="tls handshake" remote=127.0.0.1')
})

test('a certificate rotated on disk is used for the next handshake', async () => {
  const { url, write, logged } = await guarded(files())
  const authority = await createAuthority('new')
  const next = await createCertificate(authority, 'IP:127.0.0.1')
  await write({ 'cert.pem': next.cert, 'key.pem': next.key })
  await logged(/msg="web configuration"/)
  expect(await outcome(url)).toMatch(/UNABLE|SELF_SIGNED/)
  expect(await outcome(url, { ca: authority.cert })).toBe(200)
})

test('a half-done rotation keeps the old pair until the other half is there', async () => {
  const { url, write, logged, lines } = await guarded(files())
  const next = await createCertificate(material().authority, 'IP:127.0.0.1,DNS:localhost')
  await write({ 'cert.pem': next.cert })
  await logged(/not taken over/)
  expect(lines.at(-2)).toContain('web.yml:1:33: the certificate is not for this key, want a pair')
  expect(await outcome(url)).toBe(200)
  await write({ 'key.pem': next.key })
  await logged(/msg="web configuration"/)
  expect(await outcome(url.replace('127.0.0.1', 'localhost'))).toBe(200)
})

test('TLS cannot be switched off while it runs', async () => {
  const { url, write, logged, lines } = await guarded(files())
  await write({ 'web.yml': '' })
  await logged(/not taken over/)
  expect(lines.at(-2)).toContain('TLS is to be switched off, want a restart for it')
  expect(await outcome(url)).toBe(200)
})

test('TLS 1.2 is the least, unless the file says otherwise', async () => {
  const old = {
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
  } as const
  const { url } = await guarded(files())
  expect(await outcome(url, old)).toMatch(/EPROTO/)
  expect(await outcome(url, { maxVersion: 'TLSv1.2' })).toBe(200)
  const lax = await guarded(files(', min_version: TLS11'))
  expect(await outcome(lax.url, old)).toBe(200)
  const strict = await guarded(files(', min_version: TLS13'))
  expect(await outcome(strict.url, { maxVersion: 'TLSv1.2' })).toMatch(/EPROTO/)
  expect(await outcome(strict.url)).toBe(200)
})

test('cipher suites and curves are the configured ones', async () => {
  const suite = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'
  const more = `, cipher_suites: [${suite}], curve_preferences: [CurveP256]`
  const { url } = await guarded(files(more))
  const asking = { maxVersion: 'TLSv1.2' } as const
  expect(await outcome(url, { ...asking, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' })).toBe(200)
  expect(await outcome(url, { ...asking, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).toBe('EPROTO')
  expect(await outcome(url)).toBe(200)
})

test.each([
  ['NoClientCert', 200, 200, 200],
  ['RequestClientCert', 200, 200, 200],
  ['RequireAnyClientCert', 'refused', 200, 200],
  ['VerifyClientCertIfGiven', 200, 200, 'refused'],
  ['RequireAndVerifyClientCert', 'refused', 200, 'refused'],
] as const)(
  '%s: without a certificate %s, ours %s, a stranger %s',
  async (type, none, ours, strange) => {
    const ca = type === 'NoClientCert' ? '' : ', client_ca_file: ca.pem'
    const { url, lines } = await guarded(files(`, client_auth_type: ${type}${ca}`))
    const { client, stranger } = material()
    const found = []
    for (const pair of [{}, client, stranger]) {
      const code = await outcome(url, pair)
      found.push(code === 200 ? 200 : 'refused')
    }
    expect(found).toEqual([none, ours, strange])
    expect(lines.some((line) => line.includes('reason="tls handshake"'))).toBe(
      found.includes('refused'),
    )
  },
)

test('it stops in time though somebody never finishes a handshake', async () => {
  const { url, stop } = await guarded(files())
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  expect(await outcome(url)).toBe(200)
  await stop()
  await closed
})

test('of verified clients only those with an allowed name get in', async () => {
  const policy = ', client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem'
  const withNames = async (names: string) => {
    const { url } = await guarded(files(`${policy}, client_allowed_sans: [${names}]`))
    return outcome(url, material().client)
  }
  expect(await withNames('other.example, prometheus.example')).toBe(200)
  expect(await withNames('"::1"')).toBe(200)
  expect(await withNames('"spiffe://x/y"')).toBe(200)
  expect(await withNames('example')).not.toBe(200)
  expect(await withNames('"*.example"')).not.toBe(200)
})

test('a policy for client certificates counts without a restart, in both directions', async () => {
  const { url, write, logged } = await guarded(files())
  const policy = ', client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem'
  await write({ 'web.yml': tls(policy) })
  await logged(/msg="web configuration"/)
  expect(await outcome(url)).not.toBe(200)
  expect(await outcome(url, material().client)).toBe(200)
  await write({ 'web.yml': tls() })
  await logged(/msg="web configuration"/)
  expect(await outcome(url)).toBe(200)
})
