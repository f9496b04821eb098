import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { hashSync } from 'bcryptjs'
import { z } from 'zod'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import { folderWith } from '../config/folder.ts'
import { createAuthority, createCertificate } from '../support/certificates.ts'
import { eventually, runExporter, urlOf } from '../support/program.ts'
import { startPrometheus } from '../support/prometheus.ts'
import { ask } from '../web/guarded.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const room = { appId: '0123456789abcdef01234567', roomId: 'Room1' }

/** Every key that Debian's Prometheus knows, relative paths, and YAML 1.1's word for a boolean. */
const webConfig = `tls_server_config:
  cert_file: cert.pem
  key_file: key.pem
  client_auth_type: VerifyClientCertIfGiven
  client_ca_file: ca.pem
  min_version: TLS12
  max_version: TLS13
  cipher_suites:
    - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    - TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
  prefer_server_cipher_suites: yes
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: on
  headers:
    Strict-Transport-Security: max-age=31536000
    X-Content-Type-Options: nosniff
    X-Frame-Options: deny
basic_auth_users:
  prometheus: ${hashSync('a "right" password', 5).replace('$2b$', '$2y$')}
`

const Answer = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
})

test('a web configuration of Prometheus is ours as well, and it scrapes through TLS with a password', async () => {
  const authority = await createAuthority('tests')
  const pair = await createCertificate(authority, 'IP:127.0.0.1')
  const simulator = await createSimulator({ latencyMs: [1, 5], rooms: [] })
  closers.push(simulator.close)
  simulator.rooms.hold(room, { exists: true, users: 6, invisibleUsers: 3 })
  const password = 'a "right" password'
  const folder = await folderWith({
    'web.yml': webConfig,
    'cert.pem': pair.cert,
    'key.pem': pair.key,
    'ca.pem': authority.cert,
    password,
    'exporter.yml': JSON.stringify({
      api: { endpoint: simulator.url },
      rooms: [{ app_id: room.appId, room_id: room.roomId }],
    }),
  })
  const web = `--web.config.file=${join(folder, 'web.yml')}`
  execFileSync('promtool', ['check', 'web-config', join(folder, 'web.yml')], { stdio: 'pipe' })

  const exporter = runExporter(
    [`--config.file=${join(folder, 'exporter.yml')}`, '--web.listen-address=127.0.0.1:0', web],
    {
      VOLC_ACCESSKEY: simulatorAccount.accessKeyId,
      VOLC_SECRETKEY: simulatorAccount.secretAccessKey,
    },
  )
  closers.push(() => exporter.stop('SIGKILL'))
  const url = await urlOf(exporter)
  expect(url).toMatch(/^https:/)

  const prometheus = await startPrometheus(
    JSON.stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: [
        {
          job_name: 'rtc',
          scheme: 'https',
          basic_auth: { username: 'prometheus', password_file: join(folder, 'password') },
          tls_config: { ca_file: join(folder, 'ca.pem') },
          static_configs: [{ targets: [new URL(url).host] }],
        },
        {
          job_name: 'without_password',
          scheme: 'https',
          tls_config: { ca_file: join(folder, 'ca.pem') },
          static_configs: [{ targets: [new URL(url).host] }],
        },
      ],
    }),
    [web],
  )
  closers.push(prometheus.stop)

  const values = async (query: string) => {
    const { body } = await ask(
      `${prometheus.url.replace('http:', 'https:')}/api/v1/query?query=${encodeURIComponent(query)}`,
      { ca: authority.cert, auth: `prometheus:${password}` },
    )
    return Answer.parse(JSON.parse(body)).data.result.map(({ value }) => value[1])
  }
  await eventually(
    () => values('rtc_room_users_total'),
    ([users]) => users === '6',
  )
  expect(await values('up{job="rtc"}')).toEqual(['1'])
  await eventually(
    () => values('up{job="without_password"}'),
    ([up]) => up !== undefined,
  )
  expect(await values('up{job="without_password"}')).toEqual(['0'])
  expect(exporter.output()).toContain('msg=refused reason="no credentials" remote=127.0.0.1')
  expect(exporter.output()).not.toContain(password)
})

test('an invalid web configuration: its lines and exit code 1, also for --config.check', async () => {
  const folder = await folderWith({
    'web.yml': 'basic_auth_users: { alice: secret }\ntls_server: {}\n',
    'exporter.yml': 'rooms: [{ app_id: 0123456789abcdef01234567, room_id: Room1 }]\n',
  })
  const args = [
    `--config.file=${join(folder, 'exporter.yml')}`,
    `--web.config.file=${join(folder, 'web.yml')}`,
  ]
  for (const more of [[], ['--config.check']]) {
    const exporter = runExporter([...args, ...more], { VOLC_ACCESSKEY: 'a', VOLC_SECRETKEY: 'b' })
    closers.push(() => exporter.stop('SIGKILL'))
    expect(await exporter.ended).toBe(1)
    expect(exporter.output().trim().replaceAll(`${folder}/`, '').split('\n')).toEqual([
      expect.stringMatching(/^web\.yml:1:28: what stands for user "alice" is no bcrypt hash/),
      expect.stringMatching(/^web\.yml:2:1: unknown key "tls_server", /),
    ])
  }
})
