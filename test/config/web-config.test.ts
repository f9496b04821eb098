import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { formatProblem } from '../../src/config/config.ts'
import { readWebConfig } from '../../src/config/web-config.ts'
import { createAuthority } from '../support/certificates.ts'
import { folderWith } from './folder.ts'

const hash = `$2y$10$${'x'.repeat(53)}`

async function read(files: Readonly<Record<string, string>>) {
  const folder = await folderWith(files)
  const result = await readWebConfig(join(folder, 'web.yml'))
  const problems = 'problems' in result ? result.problems : result.warnings
  const lines = problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''))
  return { result, lines, folder }
}

const auth = (fields: string) => `tls_server_config: { cert_file: c, key_file: k, ${fields} }`

const wrong: Record<string, [text: string, ...lines: string[]]> = {
  'a list': ['- a\n', 'web.yml:1:1: the file is a list, want a map'],
  'an unknown section': [
    'tls_config: {}\n',
    'web.yml:1:1: unknown key "tls_config", want one of "tls_server_config", "http_server_config", "basic_auth_users", "rate_limit", "auth_excluded_paths"',
  ],
  'an unknown key of TLS': [
    'tls_server_config: { certfile: x }\n',
    'web.yml:1:22: unknown key "certfile", did you mean "cert_file"',
  ],
  'a password instead of a hash': [
    'basic_auth_users:\n  alice: hunter2\n',
    'web.yml:2:10: what stands for user "alice" is no bcrypt hash, want one such as $2y$10$… and 53 characters',
  ],
  'a hash that was cut': [
    `basic_auth_users: { alice: "${hash.slice(0, -1)}" }\n`,
    'web.yml:1:28: what stands for user "alice" is no bcrypt hash, want one such as $2y$10$… and 53 characters',
  ],
  'no map of users': [
    'basic_auth_users: alice:hunter2\n',
    'web.yml:1:19: basic_auth_users is no map, want user names with bcrypt hashes',
  ],
  'a section that a tag makes no map': [
    '%YAML 1.1\n---\nbasic_auth_users: !!set { alice }\n',
    'web.yml:3:25: basic_auth_users is no map, want user names with bcrypt hashes',
  ],
  'a header that cannot be configured': [
    'http_server_config: { headers: { Server: x } }\n',
    'web.yml:1:34: unknown key "Server", want one of "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options", "X-XSS-Protection"',
  ],
  'a header with a line feed': [
    'http_server_config: { headers: { X-XSS-Protection: "1\\nSet-Cookie: x" } }\n',
    'web.yml:1:52: X-XSS-Protection is "1\\nSet-Cookie: x", want printable ASCII on one line, it stands in every answer',
  ],
  'a wrong header value': [
    'http_server_config: { headers: { X-Frame-Options: DENY } }\n',
    'web.yml:1:51: X-Frame-Options is "DENY", want deny or sameorigin',
  ],
  'a path that cannot be excluded': [
    'auth_excluded_paths: [/metrics]\n',
    'web.yml:1:23: an item of auth_excluded_paths is "/metrics", want /-/healthy or /-/ready',
  ],
  'a rate limit without a burst': [
    'rate_limit: { interval: 1s }\n',
    'web.yml:1:13: burst is missing, want a whole number, 1 or more',
  ],
  'files that are not there': [
    'tls_server_config: { cert_file: a.pem, key_file: b.pem }\n',
    'web.yml:1:33: the file of cert_file cannot be read: no such file, want a PEM file, relative to this one',
    'web.yml:1:50: the file of key_file cannot be read: no such file, want a PEM file, relative to this one',
  ],
  'files that hold something else': [
    auth(''),
    'web.yml:1:33: no certificate can be read from it, want PEM',
    'web.yml:1:46: no private key can be read from it, want PEM',
  ],
  'a certificate without a key': [
    'tls_server_config: { cert_file: web.yml }\n',
    'web.yml:1:1: key is missing, want key_file or key',
    'web.yml:1:33: no certificate can be read from it, want PEM',
  ],
}

test.each(Object.entries(wrong))('%s', async (_what, [text, ...lines]) => {
  const { lines: found } = await read({ 'web.yml': text, c: 'x', k: 'x' })
  expect(found).toEqual(lines)
})

const contradictory: Record<string, string> = {
  'cert: x': 'cert_file stands beside cert, want one of the two',
  'client_ca_file: web.yml':
    'client_ca_file without client_auth_type, want RequireAndVerifyClientCert',
  'client_allowed_sans: [a], client_auth_type: VerifyClientCertIfGiven':
    'client_allowed_sans needs client_auth_type, want RequireAndVerifyClientCert or RequireAnyClientCert',
  'max_version: TLS11': 'min_version is above max_version',
  'min_version: TLS14': 'min_version is "TLS14", want TLS10, TLS11, TLS12 or TLS13',
  'cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA25]':
    'an item of cipher_suites is "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA25", did you mean "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"',
}

test.each(Object.entries(contradictory))('%s', async (fields, message) => {
  const { lines } = await read({ 'web.yml': auth(fields), c: 'x', k: 'x' })
  expect(lines.map((line) => line.replace(/^web\.yml:1:\d+: /, ''))).toContain(message)
})

test('an encrypted key is refused in words', async () => {
  const { cert, key } = await createAuthority('x')
  const args = ['pkcs8', '-topk8', '-passout', 'pass:x']
  const encrypted = execFileSync('openssl', args, { input: key }).toString()
  const { lines } = await read({ 'web.yml': auth(''), c: cert, k: encrypted })
  expect(lines).toEqual([
    'web.yml:1:46: the private key is encrypted, want one without a passphrase',
  ])
})

test('what is odd but valid gets a warning', async () => {
  const { lines, result } = await read({
    'web.yml': `tls_server_config: { min_version: TLS13 }\nbasic_auth_users: { "a:b": ${hash} }\n`,
  })
  expect(lines).toEqual([
    'web.yml:1:1: warning: it names no certificate and no key, so TLS stays off',
    'web.yml:2:21: warning: user "a:b" can never log in, want a name without a colon',
  ])
  expect('webConfig' in result && result.webConfig.tls).toBe(undefined)
})

test('every file that was looked for is named, also where one is missing', async () => {
  const { result, folder } = await read({ 'web.yml': auth('client_ca_file: /ca') })
  expect(result.files).toEqual([`${folder}/web.yml`, `${folder}/c`, `${folder}/k`, '/ca'])
})

test('a user named __proto__ is a user', async () => {
  const { result } = await read({ 'web.yml': `basic_auth_users: { __proto__: ${hash} }\n` })
  expect('webConfig' in result && [...result.webConfig.users.keys()]).toEqual(['__proto__'])
})

test('neither passwords nor keys are ever in a problem', async () => {
  for (const [text] of Object.values(wrong)) {
    const { lines } = await read({ 'web.yml': text })
    expect(lines.join()).not.toMatch(/hunter2/)
  }
})
