import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatDuration, parseDuration } from '../../src/config/duration.ts'

test.each([
  ['0', 0],
  ['0s', 0],
  ['500ms', 500],
  ['15s', 15_000],
  ['1m30s', 90_000],
  ['1h', 3_600_000],
  ['1h0m0s500ms', 3_600_500],
  ['1y2w3d4h5m6s7ms', 33_019_506_007],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each([
  '',
  ' 1s',
  '1s ',
  '1',
  '-1s',
  '1.5s',
  '1s1m',
  '1s1s',
  '1S',
  's',
  '1m 30s',
  '300y',
  '١s',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

test.each([
  [0, '0s'],
  [90_000, '1m30s'],
  [86_400_000, '1d'],
  [7 * 86_400_000, '1w'],
  [8 * 86_400_000, '8d'],
  [1500.4, '1s500ms'],
])('%f ms are written %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.nat({ max: 9_000_000_000_000 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms)
    }),
  )
})
