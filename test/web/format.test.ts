import { expect, test } from '@jest/globals'
import { counted, formatAge, formatCount, formatRate, formatSpan } from '../../src/web/format.ts'

test.each([
  [0, '0 ms', '0 s'],
  [42.4, '42 ms', '0 s'],
  [1500, '1.5 s', '2 s'],
  [5000, '5 s', '5 s'],
  [9949, '9.9 s', '10 s'],
  [9950, '10 s', '10 s'],
  [59_600, '1 min', '1 min'],
  [200_000, '3 min 20 s', '3 min 20 s'],
  [900_000, '15 min', '15 min'],
  [3_900_000, '1 h 5 min', '1 h 5 min'],
  [86_400_000 * 12, '12 d', '12 d'],
  [Infinity, '–', '–'],
])('%i ms reads %s as a span and %s as an age', (ms, span, age) => {
  expect([formatSpan(ms), formatAge(ms)]).toEqual([span, age])
})

test('counts and rates are short', () => {
  expect([formatCount(999), formatCount(1_234_567)]).toEqual(['999', '1,234,567'])
  expect([counted(1, 'room'), counted(12_480, 'room')]).toEqual(['1 room', '12,480 rooms'])
  expect([0.254, 7.52, 38.6].map(formatRate)).toEqual(['0.25', '7.5', '39'])
})
