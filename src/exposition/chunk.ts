import { crc32 } from 'node:zlib'
import type { BitWriter } from './bits.ts'
import { crcChange, crcFactor } from './crc32.ts'
import type { Places } from './deflate.ts'
import { deflateLines, replaceCharacters } from './deflate.ts'
import { valueBits } from './huffman.ts'
import type { Loans } from './loans.ts'

/** A text as a gzip member can hold it. */
export interface Compressed {
  /** A deflate block that is not the last and ends on a byte. */
  readonly block: Buffer
  /** CRC-32 of the text. */
  readonly crc: number
  /** See `crcFactor`; of the text's length. */
  readonly factor: number
}

/** The lines of one family for some consecutive slots. */
export interface Chunk {
  text: Buffer
  /** The same compressed; undefined until a scrape asks for it. */
  compressed: { block: Buffer; crc: number; factor: number } | undefined
  /** When the bytes were made; see `createLoans`. */
  age: number
}

/** Compresses a chunk of the slots from `first` to `end`, unless it is compressed already. */
export function compress(
  chunk: Chunk,
  writer: BitWriter,
  places: Places,
  first: number,
  end: number,
): Compressed {
  chunk.compressed ??= {
    block: deflateLines(writer, chunk.text, places, first, end),
    crc: crc32(chunk.text),
    factor: crcFactor(chunk.text.length),
  }
  return chunk.compressed
}

/**
 * Makes the last characters of `value` the value of a slot that has a line in the chunk. Equal ones
 * change nothing; bytes that a response still reads are copied first.
 */
export function patch(chunk: Chunk, places: Places, slot: number, value: Uint8Array, loans: Loans) {
  const at = places.at[slot] ?? 0
  const offset = value.length - (places.width[slot] ?? 0)
  const isSame = (index: number) => chunk.text[at + index - offset] === value[index]
  let from = offset
  while (from < value.length && isSame(from)) from++
  if (from === value.length) return
  let end = value.length
  while (isSame(end - 1)) end--
  if (!loans.mayChange(chunk.age)) copy(chunk, loans)
  const { text, compressed } = chunk
  const textAt = at + from - offset
  if (compressed !== undefined) {
    const following = text.length - textAt - (end - from)
    compressed.crc ^= crcChange(text, textAt, value, from, end, following)
    const bitAt = (places.bitAt[slot] ?? 0) + (from - offset) * valueBits
    replaceCharacters(compressed.block, bitAt, value, from, end)
  }
  for (let index = from; index < end; index++) text[textAt + index - from] = value[index] ?? 0
}

function copy(chunk: Chunk, loans: Loans) {
  chunk.text = copyOf(chunk.text)
  if (chunk.compressed !== undefined) chunk.compressed.block = copyOf(chunk.compressed.block)
  chunk.age = loans.age()
}

/** A copy in memory of its own: a pooled one would keep its whole pool alive. */
export function copyOf(bytes: Uint8Array): Buffer {
  const copied = Buffer.allocUnsafeSlow(bytes.length)
  copied.set(bytes)
  return copied
}
