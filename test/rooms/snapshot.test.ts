import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { roomKey } from '../../src/room.ts'
import { formatSnapshot, parseSnapshot } from '../../src/rooms/snapshot.ts'
import type { KeptValue } from '../../src/rooms/table.ts'

const now = Date.UTC(2026, 10, 22, 8)

const bytesOf = (values: readonly KeptValue[], savedAtMs = now) =>
  Buffer.from([...formatSnapshot(values, () => savedAtMs)].join(''))

const value = (given: Partial<KeptValue> = {}): KeptValue => ({
  key: roomKey({ appId: '0123456789abcdef01234567', roomId: 'Room1' }),
  users: 6,
  invisibleUsers: 3,
  lastSuccessMs: now - 4000,
  lastPollMs: now - 1000,
  pollSucceeded: false,
  ...given,
})

const anyValue = fc.record({
  key: fc.string({ unit: 'binary', minLength: 1 }),
  users: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  invisibleUsers: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  lastSuccessMs: fc.double({ min: 1, max: now, noNaN: true }),
  lastPollMs: fc.integer({ min: 1, max: now }),
  pollSucceeded: fc.boolean(),
})

test('what was written is what is read', () => {
  fc.assert(
    fc.property(fc.array(anyValue), (values) => {
      expect(parseSnapshot(bytesOf(values), now)).toEqual({ values })
    }),
  )
})

test('it comes in pieces, however many rooms there are', () => {
  const values = Array.from({ length: 3000 }, (_, at) => value({ key: String(at) }))
  const pieces = [...formatSnapshot(values, () => now)]
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(40_000)
  expect(parseSnapshot(Buffer.from(pieces.join('')), now)).toEqual({ values })
})

test('a snapshot that ends too soon is refused, wherever it ends', () => {
  const bytes = bytesOf([value(), value({ key: 'another' })])
  for (let length = 0; length < bytes.length; length++)
    expect(parseSnapshot(bytes.subarray(0, length), now)).toHaveProperty('fault')
})

test('a snapshot with any one bit changed is refused', () => {
  const bytes = bytesOf([value({ key: 'Röom \u{fffd} 会议室' })])
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = Buffer.from(bytes)
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(parseSnapshot(damaged, now)).toHaveProperty('fault')
  }
})

test('bytes that are no snapshot are refused, never understood', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(parseSnapshot(bytes, now)).toHaveProperty('fault')
    }),
  )
})

test.each<[string, Buffer, string]>([
  ['of nothing', Buffer.from(''), 'it is not a state file of this program'],
  [
    'of another program',
    Buffer.from('{"format":"something else","version":1}\n'),
    'it is not a state file of this program',
  ],
  [
    'of another version',
    Buffer.from(bytesOf([value()]).toString().replace('"version":1', '"version":2')),
    'it has version 2, want 1',
  ],
  ['with a row too many', twice(bytesOf([value()])), 'it is damaged: its checksum is another'],
  [
    'saved tomorrow',
    bytesOf([value()], now + 86_400_000),
    'it is from the future: saved at 2026-11-23T08:00:00.000Z',
  ],
  [
    'with a count below zero, rightly summed',
    bytesOf([value({ users: -2 })]),
    'its lines are not what this program writes',
  ],
])('a file %s says why it is refused', (_what, bytes, fault) => {
  expect(parseSnapshot(bytes, now)).toEqual({ fault })
})

function twice(bytes: Buffer): Buffer {
  const [header = '', row = '', ...rest] = bytes.toString().split('\n')
  return Buffer.from([header, row, row, ...rest].join('\n'))
}
