import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { RoomQuery } from '../../src/web/query.ts'
import { parseQuery, queryString, sortColumns } from '../../src/web/query.ts'
import { roomStates } from '../../src/web/room-state.ts'

const limits = { usual: 50, most: 200 }
const parse = (text: string) => parseQuery(new URLSearchParams(text), limits)

test('without parameters it is every room, those in trouble first', () => {
  expect(parse('')).toEqual({
    query: {
      text: '',
      state: undefined,
      appId: undefined,
      isBelowMinimumOnly: false,
      sort: 'state',
      order: 'asc',
      limit: 50,
      offset: 0,
    },
    problems: [],
  })
})

test('empty parameters, as forms send them, are not there', () => {
  expect(parse('q=&app_id=&limit=&sort=')).toEqual(parse(''))
})

test('each parameter that is not understood is named, and its default stands', () => {
  const { query, problems } = parse('state=full&limit=201&offset=-1&order=up&sort=name')
  expect(query).toEqual(parse('').query)
  expect(problems).toEqual([
    'state is "full", want one of stale, failing, pending, missing, empty, occupied',
    `sort is "name", want one of ${sortColumns.join(', ')}`,
    'order is "up", want one of asc, desc',
    'limit is "201", want a whole number, 1 to 200',
    'offset is "-1", want a whole number, 0 to 999999999',
  ])
})

test('a query survives its way through a URL', () => {
  const queries: fc.Arbitrary<RoomQuery> = fc.record({
    text: fc.string({ unit: 'grapheme' }).map((text) => text.trim()),
    state: fc.constantFrom(undefined, ...roomStates),
    appId: fc.option(fc.string({ unit: 'grapheme', minLength: 1 }), { nil: undefined }),
    isBelowMinimumOnly: fc.boolean(),
    sort: fc.constantFrom(...sortColumns),
    order: fc.constantFrom('asc', 'desc'),
    limit: fc.integer({ min: 1, max: 200 }),
    offset: fc.integer({ min: 0, max: 1_000_000 }),
  })
  fc.assert(
    fc.property(queries, (query) => {
      expect(parse(queryString(query, limits))).toEqual({ query, problems: [] })
    }),
  )
})
