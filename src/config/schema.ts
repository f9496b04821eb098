import { z } from 'zod'
import { boolean, duration, endpoint, id, isLoopback, labels, matching, text } from './fields.ts'

/** The section `api`, every default filled in. */
export const Api = z
  .strictObject(
    {
      endpoint: endpoint.default('https://rtc.volcengineapi.com'),
      insecure_http: boolean.default(false),
      region: matching(/^[\w-]+$/, 'letters, digits and -').default('cn-north-1'),
      version: matching(/^[\w.-]+$/, 'an API version such as "2023-11-01"').default('2023-11-01'),
      timeout: duration(1, 60_000).default(5000),
      network_jitter: duration(0, 60_000).default(20),
    },
    'want a map',
  )
  .superRefine((api, context) => {
    if (!URL.canParse(api.endpoint)) return
    const { protocol, hostname } = new URL(api.endpoint)
    if (protocol === 'https:' || isLoopback(hostname) || api.insecure_http) return
    const message =
      'want https (or insecure_http: true beside it, if keys may cross the net readable)'
    context.addIssue({ code: 'custom', path: ['endpoint'], message })
  })
  .transform((api) => ({
    endpoint: new URL(api.endpoint).origin,
    region: api.region,
    version: api.version,
    timeoutMs: api.timeout,
    networkJitterMs: api.network_jitter,
  }))

const secretText = text('the value or a _file key')
const secretFile = text('the path of a file')
const qps = 'want a number more than 0 and at most 40'

/** An entry of `accounts`, before it is known whether its keys are complete. */
export const AccountEntry = z
  .strictObject(
    {
      name: text('a name'),
      access_key_id: secretText.optional(),
      access_key_id_file: secretFile.optional(),
      secret_access_key: secretText.optional(),
      secret_access_key_file: secretFile.optional(),
      session_token: secretText.optional(),
      session_token_file: secretFile.optional(),
      qps: z.number(qps).gt(0, qps).max(40, qps).default(40),
    },
    'want a map with name and keys',
  )
  .transform(({ name, qps, ...keys }) => ({ name, qps, keys }))
export type AccountEntry = z.infer<typeof AccountEntry>

/** The section `polling`; `minIntervalMs` and `maxAgeMs` stay undefined where nobody named them. */
export const Polling = z
  .strictObject(
    {
      interval: duration(1).default(30_000),
      max_age: duration(1).optional(),
      adaptive: boolean.default(true),
      min_interval: duration(1).optional(),
    },
    'want a map',
  )
  .transform((polling) => ({
    intervalMs: polling.interval,
    maxAgeMs: polling.max_age,
    adaptive: polling.adaptive,
    minIntervalMs: polling.min_interval,
  }))
export type Polling = z.infer<typeof Polling>

const users = 'want a whole number, 0 or more'

/** An entry of a list of rooms, before it is known which account and interval it falls back to. */
export const RoomEntry = z
  .strictObject(
    {
      app_id: id("the application's id"),
      room_id: id("the room's id", 128),
      account: text("an account's name").optional(),
      interval: duration(1).optional(),
      min_users: z.int(users).min(0, users).optional(),
      labels,
    },
    'want a map with app_id and room_id',
  )
  .transform((room) => ({
    appId: room.app_id,
    roomId: room.room_id,
    account: room.account,
    intervalMs: room.interval,
    minUsers: room.min_users,
    labels: room.labels,
  }))
export type RoomEntry = z.infer<typeof RoomEntry>

/** The keys at the top of a file that is a map; the sections are checked one by one. */
export const File = z.strictObject(
  {
    api: z.unknown().optional(),
    accounts: z.unknown().optional(),
    polling: z.unknown().optional(),
    rooms: z.unknown().optional(),
    room_files: z.unknown().optional(),
  },
  'want a map with rooms, or just a list of rooms',
)
export type File = z.infer<typeof File>

/** The section `accounts`, its items still to be checked. */
export const Accounts = z
  .array(z.unknown(), 'want a list of accounts')
  .min(1, 'want an account in it, or no such key')
  .optional()

/** The section `rooms`, or a whole room file, its items still to be checked. */
export const Rooms = z.array(z.unknown(), 'want a list of rooms, [] for none').default([])

/** The section `room_files`. */
export const RoomFiles = z
  .array(text('a pattern such as rooms.d/*.yml'), 'want a list of patterns')
  .default([])
