/*
 * The one Huffman code of our deflate blocks (RFC 1951 §3.2). Every character that a value can
 * consist of has a code of the same length, so a value's bits can be replaced where they stand.
 * The other lengths are chosen for lines of room series.
 */

/** Symbol → its bits in the order of the stream, and how many. */
export interface Code {
  readonly bits: Uint16Array
  readonly lengths: Uint8Array
}

/** How many bits each of `0`–`9`, `.` and the blank takes. */
export const valueBits = 5

/** The symbol that ends a block. */
export const endOfBlock = 256

/** RFC 1951 §3.2.2: shorter codes first, equal lengths by symbol. */
function canonical(lengths: Uint8Array): Code {
  const bits = new Uint16Array(lengths.length)
  let code = 0
  for (let length = 1; length <= 15; length++) {
    code <<= 1
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] === length) bits[symbol] = reversed(code++, length)
    }
  }
  return { bits, lengths }
}

function reversed(code: number, length: number): number {
  let result = 0
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit)
  return result
}

function literalLengths(): Uint8Array {
  const longest = 12
  const lengths = new Uint8Array(286)
  const set = (length: number, from: number, to: number) => lengths.fill(length, from, to + 1)
  const setText = (length: number, text: string) => {
    for (const character of text) lengths[character.charCodeAt(0)] = length
  }
  setText(8, 'ghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_')
  setText(6, 'abcdef')
  setText(valueBits, '0123456789. ')
  set(8, 257, 285) // Matches of other lengths.
  set(4, 257, 257) // Three bytes: `"} ` before a value.
  set(6, 273, 280) // 35 to 130 bytes: a series' name and labels up to what tells rooms apart.
  const used = lengths.reduce(
    (sum, length) => sum + (length === 0 ? 0 : 1 << (longest - length)),
    0,
  )
  const others = lengths.reduce((sum, length) => sum + (length === 0 ? 1 : 0), 0)
  let spare = (1 << longest) - used - others
  for (let symbol = endOfBlock; symbol >= 0; symbol--) {
    if (lengths[symbol] === 0) lengths[symbol] = spare-- > 0 ? longest - 1 : longest
  }
  return lengths
}

function distanceLengths(): Uint8Array {
  const lengths = new Uint8Array(30).fill(6)
  lengths.fill(2, 12, 14) // 65 to 128 bytes back: the line before.
  lengths.fill(3, 14, 15)
  lengths.fill(7, 24, 30)
  return lengths
}

/** Literals, the end of a block, and lengths of matches. */
export const literals = canonical(literalLengths())

/** Distances of matches. */
export const distances = canonical(distanceLengths())

/** The bits that begin a block, as `[value, count]`: type, and both codes' lengths run-length coded. */
export function blockHeader(): readonly (readonly [number, number])[] {
  const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  const lengths = new Uint8Array(19)
  for (const symbol of [5, 6, 8, 11, 12, 16]) lengths[symbol] = 3
  for (const symbol of [2, 3, 4, 7]) lengths[symbol] = 4
  const code = canonical(lengths)
  const put = (symbol: number) => [code.bits[symbol] ?? 0, lengths[symbol] ?? 0] as const
  const repeat = 16

  const header: (readonly [number, number])[] = [
    [0, 1], // Not the last block.
    [2, 2], // With a code of its own.
    [literals.lengths.length - 257, 5],
    [distances.lengths.length - 1, 5],
    [order.length - 4, 4],
    ...order.map((symbol) => [lengths[symbol] ?? 0, 3] as const),
  ]
  const all = [...literals.lengths, ...distances.lengths]
  for (let at = 0; at < all.length;) {
    const length = all[at] ?? 0
    header.push(put(length))
    at++
    let run = 0
    while (all[at + run] === length) run++
    for (; run >= 3; run -= Math.min(run, 6)) {
      header.push(put(repeat), [Math.min(run, 6) - 3, 2])
      at += Math.min(run, 6)
    }
  }
  return header
}
