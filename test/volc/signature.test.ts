import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  canonicalQuery,
  canonicalRequest,
  createSigner,
  stringToSign,
} from '../../src/volc/signature.ts'
import type { SignableQuery } from '../../src/volc/signature.ts'

interface Vector {
  readonly name: string
  readonly accessKeyId: string
  readonly secretKey: string
  readonly sessionToken?: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly host: string
  readonly query: Record<string, string>
  readonly expected: {
    readonly canonicalQuery: string
    readonly canonicalRequest: string
    readonly stringToSign: string
    readonly authorization: string
  }
}

const { vectors } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'signature-vectors.json'), 'utf8'),
) as { vectors: Vector[] }

const queryOf = (vector: Vector): SignableQuery => ({
  host: vector.host,
  query: canonicalQuery(vector.query),
  region: vector.region,
  service: vector.service,
  credentials: {
    accessKeyId: vector.accessKeyId,
    secretAccessKey: vector.secretKey,
    ...(vector.sessionToken !== undefined && { sessionToken: vector.sessionToken }),
  },
  date: new Date(vector.date),
})

test.each(vectors)('the official signer and ours agree on $name', (vector) => {
  const query = queryOf(vector)
  expect(query.query).toBe(vector.expected.canonicalQuery)
  expect(canonicalRequest(query)).toBe(vector.expected.canonicalRequest)
  expect(stringToSign(query)).toBe(vector.expected.stringToSign)
  expect(createSigner()(query).authorization).toBe(vector.expected.authorization)
})

test('one signer serves any order of secrets, regions and days', () => {
  const sign = createSigner()
  const round = [...vectors, ...vectors.toReversed()]
  expect(round.map((vector) => sign(queryOf(vector)).authorization)).toEqual(
    round.map((vector) => vector.expected.authorization),
  )
})

test('the headers are those that are signed, without the host, and the authorization', () => {
  const sts = vectors.find((vector) => vector.sessionToken !== undefined)
  expect(sts).toBeDefined()
  if (sts === undefined) return
  expect(createSigner()(queryOf(sts))).toEqual({
    'x-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-date': '20261122T081530Z',
    'x-security-token': 'example/session+token==',
    authorization: sts.expected.authorization,
  })
})

test('milliseconds are cut from the date, not rounded', () => {
  const [vector] = vectors
  if (vector === undefined) throw new Error('no vectors')
  const late = { ...queryOf(vector), date: new Date('2026-11-22T08:15:30.999Z') }
  expect(createSigner()(late).authorization).toBe(vector.expected.authorization)
})

test('any text comes back out of the query as it went in, in unreserved characters only', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(fc.dictionary(text, text, { noNullPrototype: true }), (parameters) => {
      const query = canonicalQuery(parameters)
      expect(query).toMatch(/^[A-Za-z0-9\-_.~%&=]*$/)
      const back = query === '' ? [] : query.split('&').map((pair) => pair.split('='))
      const decoded = back.map((pair) => pair.map((part) => decodeURIComponent(part)))
      expect(decoded.sort()).toEqual(Object.entries(parameters).sort())
    }),
  )
})

test('names are sorted by their bytes, where the order of UTF-16 units differs', () => {
  expect(canonicalQuery({ '\u{1F600}': '1', '\uFFFD': '2' })).toBe('%EF%BF%BD=2&%F0%9F%98%80=1')
})

test('a lone surrogate is refused', () => {
  expect(() => canonicalQuery({ RoomId: 'a\uD800' })).toThrow(URIError)
})
