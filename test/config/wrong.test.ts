import { expect, test } from '@jest/globals'
import { env, linesFor } from './folder.ts'

const room = 'rooms:\n  - { app_id: "661e0000000000000000543c", room_id: Room1 }\n'
const one = (fields: string) => `rooms:\n  - { app_id: 661e0000000000000000543c, ${fields} }\n`
const keys = 'access_key_id: AK, secret_access_key: SK'

const durationWanted = 'want a duration such as 15s or 1m30s'
const endpointWanted = 'want scheme://host[:port] such as https://rtc.volcengineapi.com'
const label = (name: string) => `main.yml:2:63: label name "${name}" cannot be used`

/** Ways to be wrong: the file `main.yml`, and the lines that say what is wrong with it. */
const wrong: Record<string, [text: string, ...lines: string[]]> = {
  'an empty file': [
    '',
    'main.yml:1:1: the file is empty, want a map with rooms, or just a list of rooms',
  ],
  'only a comment': [
    '# rooms\n',
    'main.yml:1:1: the file is empty, want a map with rooms, or just a list of rooms',
  ],
  'a text instead of a map': [
    'hello',
    'main.yml:1:1: the file is "hello", want a map with rooms, or just a list of rooms',
  ],
  'no rooms': [
    'polling: { interval: 10s }',
    'main.yml:1:1: rooms is missing, want a list of rooms, or room_files',
  ],
  'rooms left empty': [
    'rooms:\n',
    'main.yml:1:7: rooms is empty, want a list of rooms, [] for none',
  ],
  'a map of rooms': [
    'rooms:\n  a: 1\n',
    'main.yml:2:3: rooms is a map, want a list of rooms, [] for none',
  ],
  'a tab': ['rooms:\n\t- a\n', 'main.yml:2:1: a tab is used as indentation, want spaces'],
  'an open bracket': [
    'rooms: [\n',
    'main.yml:2:1: not YAML: flow sequence in block collection must be sufficiently indented and end with a ], want this line or the one before corrected',
  ],
  'two documents': [
    `${room}---\n${room}`,
    'main.yml:3:1: a second YAML document starts here, want one document in a file',
  ],
  'a key that stands twice': [
    `${room}rooms: []\n`,
    'main.yml:3:1: the key "rooms" stands twice in this map, want it once',
  ],
  'an alias without anchor': [
    'rooms: *them\n',
    'main.yml:1:8: an alias without its anchor, want quotes where a text starts with *',
  ],
  'an unknown key, nearly right': [
    `${room}polling: { intervall: 10s }\n`,
    'main.yml:3:12: unknown key "intervall", did you mean "interval"',
  ],
  'an unknown key in another spelling': [
    'rooms: [{ appId: "661e0000000000000000543c", room_id: R }]',
    "main.yml:1:9: app_id is missing, want the application's id",
    'main.yml:1:11: unknown key "appId", did you mean "app_id"',
  ],
  'an unknown key, far off': [
    `${room}foo: 1\n`,
    'main.yml:3:1: unknown key "foo", want one of "api", "accounts", "polling", "rooms", "room_files"',
  ],
  'a merge key': [
    `${room}<<: { a: 1 }\n`,
    'main.yml:3:1: unknown key "<<", want one of "api", "accounts", "polling", "rooms", "room_files"',
  ],
  'a room that is a text': [
    'rooms: [Room1]',
    'main.yml:1:9: an item of rooms is "Room1", want a map with app_id and room_id',
  ],
  'a bare list with a text': [
    '- Room1',
    'main.yml:1:3: an item of the list is "Room1", want a map with app_id and room_id',
  ],
  'ids that YAML has changed': [
    '- app_id: 661e00\n  room_id: 007\n- app_id: 0x1F\n  room_id: 1e5\n',
    'main.yml:1:11: app_id 661e00 is the number 661 to YAML, quote it: "661e00"',
    'main.yml:2:12: room_id 007 is the number 7 to YAML, quote it: "007"',
    'main.yml:3:11: app_id 0x1F is the number 31 to YAML, quote it: "0x1F"',
    'main.yml:4:12: room_id 1e5 is the number 100000 to YAML, quote it: "1e5"',
  ],
  'a long id of digits that YAML has rounded': [
    one('room_id: 12345678901234567890'),
    'main.yml:2:50: room_id 12345678901234567890 is the number 12345678901234567000 to YAML, quote it: "12345678901234567890"',
  ],
  'an id that is a boolean': [
    one('room_id: true'),
    'main.yml:2:50: room_id true is the boolean true to YAML, quote it: "true"',
  ],
  'an id that is a date in YAML 1.1': [
    '%YAML 1.1\n---\n- { app_id: 661e0000000000000000543c, room_id: 2024-05-01 }\n',
    'main.yml:3:48: room_id 2024-05-01 is the date 2024-05-01T00:00:00.000Z to YAML, quote it: "2024-05-01"',
  ],
  'an id left empty': [one('room_id: '), "main.yml:2:51: room_id is empty, want the room's id"],
  'an empty id': [one('room_id: ""'), 'main.yml:2:50: room_id is "", want 1 to 128 characters'],
  'an id of 129 characters': [
    one(`room_id: ${'x'.repeat(129)}`),
    `main.yml:2:50: room_id is "${'x'.repeat(59)}…", want 1 to 128 characters`,
  ],
  'a lone surrogate': [
    one(String.raw`room_id: "a\ud800"`),
    String.raw`main.yml:2:50: room_id is "a\ud800", want no lone surrogate, there is no UTF-8 for it`,
  ],
  'the same room twice': [
    '- &one { app_id: "661e0000000000000000543c", room_id: R }\n- *one\n',
    'main.yml:2:3: room "R" of app "661e0000000000000000543c" is already at main.yml:1:8, want each room once',
  ],
  'a room that is wrong and there already': [
    '- { app_id: "661e0000000000000000543c", room_id: R }\n- { app_id: "661e0000000000000000543c", room_id: R, min_users: -1 }\n',
    'main.yml:2:3: room "R" of app "661e0000000000000000543c" is already at main.yml:1:3, want each room once',
    'main.yml:2:64: min_users is the number -1, want a whole number, 0 or more',
  ],
  'half a user': [
    one('room_id: R, min_users: 1.5'),
    'main.yml:2:64: min_users is the number 1.5, want a whole number, 0 or more',
  ],
  'a label that every room has': [
    one('room_id: R, labels: { app_id: x }'),
    `${label('app_id')}, want another name, every room has it`,
  ],
  'a label of Prometheus': [
    one('room_id: R, labels: { __name__: x }'),
    `${label('__name__')}, want a name that does not start with __`,
  ],
  'a label named like a prototype': [
    one('room_id: R, labels: { __proto__: x }'),
    'main.yml:2:74: labels.__proto__ is "x", want a name that does not start with __',
  ],
  'a label value without quotes': [
    one('room_id: R, labels: { team: 1.0 }'),
    'main.yml:2:69: labels.team 1.0 is the number 1 to YAML, quote it: "1.0"',
  ],
  'a label with a dash': [
    one('room_id: R, labels: { a-b: x }'),
    `${label('a-b')}, want letters, digits and _, no digit first`,
  ],
  'an interval without unit': [
    one('room_id: R, interval: 10'),
    `main.yml:2:63: interval is the number 10, ${durationWanted}`,
  ],
  'an interval of nothing': [
    one('room_id: R, interval: 0s'),
    'main.yml:2:63: interval is "0s", want more than 0s and at most 24d',
  ],
  'a room more often than min_interval': [
    `${one('room_id: R, interval: 1s')}polling: { min_interval: 2s }\n`,
    'main.yml:2:63: interval is 1s, shorter than min_interval 2s, want at least 2s or a shorter min_interval',
  ],
  'polling more often than min_interval': [
    `${room}polling: { interval: 1s, min_interval: 2s }\n`,
    'main.yml:3:22: interval is 1s, shorter than min_interval 2s, want it no shorter',
  ],
  'a max_age shorter than an interval': [
    `${room}polling: { interval: 30s, max_age: 20s }\n`,
    'main.yml:3:36: max_age is 20s, shorter than the interval 30s, want at least 30s',
  ],
  'adaptive by another word': [
    `${room}polling: { adaptive: "yes" }\n`,
    'main.yml:3:22: adaptive is "yes", want true or false',
  ],
  'an endpoint with a path': [
    `${room}api: { endpoint: "https://example.com/rtc" }\n`,
    `main.yml:3:18: endpoint is "https://example.com/rtc", ${endpointWanted}`,
  ],
  'an endpoint with a password': [
    `${room}api: { endpoint: "https://me:hush@example.com" }\n`,
    `main.yml:3:18: endpoint is "https://<secret>@example.com", ${endpointWanted}`,
  ],
  'an endpoint without scheme': [
    `${room}api: { endpoint: example.com }\n`,
    `main.yml:3:18: endpoint is "example.com", ${endpointWanted}`,
  ],
  'http over the net': [
    `${room}api: { endpoint: "http://example.com" }\n`,
    'main.yml:3:18: endpoint is "http://example.com", want https (or insecure_http: true beside it, if keys may cross the net readable)',
  ],
  'a time-out of an hour': [
    `${room}api: { timeout: 1h }\n`,
    'main.yml:3:17: timeout is "1h", want more than 0s and at most 1m',
  ],
  'no accounts in the list': [
    `${room}accounts: []\n`,
    'main.yml:3:11: accounts is an empty list, want an account in it, or no such key',
  ],
  'an account without name': [
    `${room}accounts: [{ ${keys} }]\n`,
    'main.yml:3:12: name is missing, want a name',
  ],
  'an account without secret': [
    `${room}accounts: [{ name: default, access_key_id: AK }]\n`,
    'main.yml:3:12: account "default" has no secret_access_key, want secret_access_key or secret_access_key_file',
  ],
  'a key that YAML has changed': [
    `${room}accounts: [{ name: a, access_key_id: 12345, secret_access_key: SK }]\n`,
    'main.yml:3:38: access_key_id is a number to YAML, quote it',
  ],
  'a key with a space': [
    `${room}accounts: [{ name: a, access_key_id: "A K", secret_access_key: SK }]\n`,
    'main.yml:3:38: access_key_id cannot be used: it holds a space or an unprintable character, want the key alone',
  ],
  'a key and its file': [
    `${room}accounts: [{ name: a, ${keys}, secret_access_key_file: key }]\n`,
    'main.yml:3:65: secret_access_key_file stands beside secret_access_key, want one of the two',
  ],
  'a key file that is not there': [
    `${room}accounts: [{ name: a, access_key_id: AK, secret_access_key_file: key }]\n`,
    'main.yml:3:66: the file of secret_access_key_file cannot be used: no such file, want one that holds the key alone',
  ],
  'an account that is there twice': [
    `${one('room_id: R, account: a')}accounts: [{ name: a, ${keys} }, { name: a, access_key_id: B, secret_access_key: SK }]\n`,
    'main.yml:3:75: account "a" is there already, want each name once',
  ],
  'two accounts with one key id': [
    `${one('room_id: R, account: a')}accounts: [{ name: a, ${keys} }, { name: b, ${keys} }]\n`,
    'main.yml:3:67: account "b" has the access key id of account "a", merge them: they share one limit',
  ],
  'too many requests a second': [
    `${room}accounts: [{ name: a, ${keys}, qps: 41 }]\n`,
    'main.yml:3:70: qps is the number 41, want a number more than 0 and at most 40',
  ],
  'an unknown account': [
    one('room_id: R, account: defualt'),
    'main.yml:2:62: account "defualt" is unknown, did you mean "default"',
  ],
  'no account where there are two': [
    `${room}accounts: [{ name: a, ${keys} }, { name: b, access_key_id: B, secret_access_key: SK }]\n`,
    'main.yml:2:5: account is missing, want one of "a", "b"',
  ],
  'a pattern that is a number': [
    'room_files: [1]',
    'main.yml:1:14: an item of room_files 1 is the number 1 to YAML, quote it: "1"',
  ],
}

test.each(Object.entries(wrong))('%s', async (_name, [text, ...lines]) => {
  expect(await linesFor({ 'main.yml': text })).toEqual(lines)
})

test('keys that are missing in the environment are named with the remedy', async () => {
  const missing = 'want keys in the environment or in the file'
  expect(await linesFor({ 'main.yml': room }, {})).toEqual([
    `main.yml:1:1: account "default" has no keys and VOLC_ACCESSKEY and VOLC_SECRETKEY are not set, ${missing}`,
  ])
  expect(await linesFor({ 'main.yml': room }, { ...env, VOLC_SECRETKEY: '' })).toEqual([
    `main.yml:1:1: account "default" has no keys and VOLC_SECRETKEY is not set, ${missing}`,
  ])
  expect(await linesFor({ 'main.yml': room }, { ...env, VOLC_SESSION_TOKEN: 'a\nb' })).toEqual([
    'main.yml:1:1: VOLC_SESSION_TOKEN cannot be used: it holds a space or an unprintable character, want the key alone',
  ])
})

test('a file that cannot be read is one line with the reason', async () => {
  const wanted = 'want a file that can be read here'
  expect(await linesFor({})).toEqual([
    `main.yml:1:1: the file cannot be read: no such file, ${wanted}`,
  ])
  expect(await linesFor({ 'main.yml/file': '' })).toEqual([
    `main.yml:1:1: the file cannot be read: it is a directory, ${wanted}`,
  ])
})

test('problems of all files come at once, the first place of a room is named across files', async () => {
  const files = {
    'main.yml': `${room}room_files: [rooms.d/*.yml]\napi: { tmeout: 1s }\n`,
    'rooms.d/a.yml': '- { app_id: "661e0000000000000000543c", room_id: Room1 }\n',
    'rooms.d/b.yml': 'rooms: []\n',
    'rooms.d/c.yml': '- { app_id: 1, room_id: 2 }\n',
  }
  expect(await linesFor(files)).toEqual([
    'main.yml:4:8: unknown key "tmeout", did you mean "timeout"',
    'rooms.d/a.yml:1:3: room "Room1" of app "661e0000000000000000543c" is already at main.yml:2:5, want each room once',
    'rooms.d/b.yml:1:1: the file is a map, want a list of rooms, [] for none',
    'rooms.d/c.yml:1:13: app_id 1 is the number 1 to YAML, quote it: "1"',
    'rooms.d/c.yml:1:25: room_id 2 is the number 2 to YAML, quote it: "2"',
  ])
})

test('odd but possible things are warnings', async () => {
  const files = {
    'main.yml':
      'rooms:\n  - { app_id: app, room_id: "a b" }\n  - { app_id: app, room_id: R }\nroom_files: [none/*.yml, empty.yml]\npolling: { max_age: 31s, interval: 31s }\napi: { region: !odd cn-north-1 }\n',
    'empty.yml': '# nothing yet\n',
  }
  expect(await linesFor(files)).toEqual([
    'main.yml:2:15: warning: app_id "app" is unusual, want 24 digits and letters a-f as a rule',
    'main.yml:2:29: warning: room_id "a b" is unusual, want only A-Z a-z 0-9 @ . _ - as a rule',
    'main.yml:4:14: warning: room_files "none/*.yml" matches no file, want a pattern relative to this file',
    'main.yml:6:16: warning: the tag of this value is unknown, want quotes where a text starts with !',
    'empty.yml:1:1: warning: the file is empty, want a list of rooms',
  ])
})

test('a max_age that the budget cannot keep is a warning', async () => {
  const rooms = Array.from(
    { length: 100 },
    (_, at) => `- { app_id: "661e0000000000000000543c", room_id: R${String(at)} }`,
  )
  const text = `polling: { interval: 1s, max_age: 4s }\nrooms:\n${rooms.join('\n')}\n`
  expect(await linesFor({ 'main.yml': text })).toEqual([
    'main.yml:1:35: warning: max_age is 4s, shorter than the 5s100ms after which the budget comes round again, want it longer, fewer rooms or longer intervals',
  ])
})

test('no secret is shown, whatever is wrong with it', async () => {
  const hush = 'hushhushhush'
  const texts = [
    '{ a: X }',
    '[X]',
    '12X',
    '*X',
    '!X',
    '!X a',
    '"X',
    '"X\\y"',
    'X: X',
    '&X',
    '@X',
    '`X',
    '%X',
    '|X',
    'X X',
  ]
  for (const key of ['access_key_id', 'secret_access_key', 'session_token', 'session_token_file']) {
    for (const text of texts) {
      const secret = text.replaceAll('X', hush)
      const lines = await linesFor({
        'main.yml': `accounts:\n  - name: default\n    ${key}: ${secret}\n${room}`,
      })
      expect(lines.length).toBeGreaterThan(0)
      expect(lines.join('\n')).not.toContain(hush)
    }
  }
})
