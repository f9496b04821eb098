import { stringify } from 'yaml'
import type { Room } from '../room.ts'
import type { Config, SecretSource } from './config.ts'
import { formatDuration } from './duration.ts'

const shownSecret = (key: string, source: SecretSource | undefined) =>
  source === undefined
    ? {}
    : 'file' in source
      ? { [`${key}_file`]: source.file }
      : { [key]: '<secret>' }

/** What YAML allows in a text only when it is escaped, and JSON as it is. */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** JSON's texts are YAML's double-quoted ones. */
const quote = (text: string) =>
  JSON.stringify(text).replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Written by hand: the YAML library takes 6 s for 20,000 rooms, in which nothing could be polled. */
function roomEntry({ appId, roomId, account, intervalMs, minUsers, labels }: Room): string {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}: ${quote(value)}`)
  return [
    `  - app_id: ${quote(appId)}`,
    `    room_id: ${quote(roomId)}`,
    `    account: ${quote(account)}`,
    `    interval: ${formatDuration(intervalMs)}`,
    ...(minUsers === undefined ? [] : [`    min_users: ${String(minUsers)}`]),
    ...(pairs.length === 0 ? [] : [`    labels: { ${pairs.join(', ')} }`]),
  ].join('\n')
}

/** Texts in quotes, so that no reader takes a version for a date. */
const quoted = { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' } as const

/**
 * A configuration as YAML, every default filled in: what `rooms` and `room_files` name together,
 * secrets as `<secret>` or by the path of their file.
 */
export function formatConfig({ api, accounts, polling, rooms, files }: Config): string {
  const { maxAgeMs } = polling
  const head = {
    api: {
      endpoint: api.endpoint,
      ...(api.endpoint.startsWith('http:') && { insecure_http: true }),
      region: api.region,
      version: api.version,
      timeout: formatDuration(api.timeoutMs),
      network_jitter: formatDuration(api.networkJitterMs),
    },
    accounts: accounts.map(({ name, qps, credentials }) => ({
      name,
      ...shownSecret('access_key_id', credentials.accessKeyId),
      ...shownSecret('secret_access_key', credentials.secretAccessKey),
      ...shownSecret('session_token', credentials.sessionToken),
      qps,
    })),
    polling: {
      interval: formatDuration(polling.intervalMs),
      ...(maxAgeMs !== undefined && { max_age: formatDuration(maxAgeMs) }),
      adaptive: polling.adaptive,
      min_interval: formatDuration(polling.minIntervalMs),
    },
  }
  const comments = ['In force, read from:', ...files.map((file) => `  ${quote(file)}`)]
  const list = rooms.length === 0 ? 'rooms: []' : ['rooms:', ...rooms.map(roomEntry)].join('\n')
  return `${comments.map((line) => `# ${line}\n`).join('')}${stringify(head, quoted)}${list}\n`
}
