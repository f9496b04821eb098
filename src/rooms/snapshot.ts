import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { KeptValue } from './table.ts'

/** What an earlier run knew, or in `fault` why its snapshot cannot be trusted. */
export type ParsedSnapshot = { readonly values: readonly KeptValue[] } | { readonly fault: string }

const format = 'rtc-room-exporter state'
const version = 1

/** Rows that are made in one go: about a millisecond's work. */
const rowsAtOnce = 500

const Header = z.object({ format: z.literal(format), version: z.int() })
const Row = z.tuple([
  z.string().min(1),
  z.int().min(-1),
  z.int().min(0),
  z.number().positive(),
  z.number().positive(),
  z.literal([0, 1]),
])
const End = z.strictObject({ rooms: z.int().min(0), savedAtMs: z.number().positive() })

/** JSON of a row: put together, for `JSON.stringify` of a whole one takes twice as long. */
function rowOf({ key, users, invisibleUsers, ...value }: KeptValue): string {
  const numbers = [users, invisibleUsers, value.lastSuccessMs, value.lastPollMs]
  return `[${JSON.stringify(key)},${numbers.join(',')},${value.pollSucceeded ? '1' : '0'}]`
}

/**
 * The text of a snapshot, piece by piece, so that other work can go on between two of them: a line
 * that says what it is, a line a room, a line with the number of rooms and the time at which it was
 * finished (`now`, Unix milliseconds), and the SHA-256 of all that.
 */
export function* formatSnapshot(
  values: Iterable<KeptValue>,
  now: () => number,
): Generator<string, void, undefined> {
  const hash = createHash('sha256')
  const hashed = (lines: readonly string[]) => {
    const text = lines.map((line) => `${line}\n`).join('')
    hash.update(text)
    return text
  }
  yield hashed([JSON.stringify({ format, version })])
  let rows: string[] = []
  let rooms = 0
  for (const value of values) {
    rooms += 1
    if (rows.push(rowOf(value)) < rowsAtOnce) continue
    yield hashed(rows)
    rows = []
  }
  yield hashed([...rows, JSON.stringify({ rooms, savedAtMs: now() })])
  yield `sha256 ${hash.digest('hex')}\n`
}

/** Understands the bytes of a snapshot at `nowMs`, Unix milliseconds: the whole of it, or nothing. */
export function parseSnapshot(bytes: Uint8Array, nowMs: number): ParsedSnapshot {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const header = Header.safeParse(parsedJson(content.subarray(0, content.indexOf('\n') + 1)))
  if (!header.success) return { fault: 'it is not a state file of this program' }
  if (header.data.version !== version)
    return { fault: `it has version ${String(header.data.version)}, want ${String(version)}` }
  const sumAt = content.lastIndexOf('\n', -2) + 1
  const body = content.subarray(0, sumAt)
  const sum = `sha256 ${createHash('sha256').update(body).digest('hex')}\n`
  if (content.subarray(sumAt).toString('latin1') !== sum)
    return { fault: 'it is damaged: its checksum is another' }
  const lines = body.toString().split('\n').slice(1, -1)
  const end = End.safeParse(parsedJson(lines.pop() ?? ''))
  const rows = z.array(Row).safeParse(lines.map(parsedJson))
  if (!end.success || !rows.success || end.data.rooms !== rows.data.length)
    return { fault: 'its lines are not what this program writes' }
  const { savedAtMs } = end.data
  if (savedAtMs > nowMs)
    return { fault: `it is from the future: saved at ${new Date(savedAtMs).toISOString()}` }
  return { values: rows.data.map(valueOf) }
}

const valueOf = ([key, users, invisibleUsers, lastSuccessMs, lastPollMs, polled]: z.output<
  typeof Row
>): KeptValue => ({
  key,
  users,
  invisibleUsers,
  lastSuccessMs,
  lastPollMs,
  pollSucceeded: polled === 1,
})

/** Undefined for what is no JSON. */
function parsedJson(text: string | Buffer): unknown {
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}
