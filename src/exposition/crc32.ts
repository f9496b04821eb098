/*
 * CRC-32 (RFC 1952 §8) of text whose parts change: the CRC of joined parts follows from theirs, and
 * a part's new one from the bytes that changed. Both multiply polynomials modulo the CRC's own, as
 * zlib's crc32_combine does.
 */
const polynomial = 0xedb88320

const byteTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
  return crc
})

/**
 * a(x) · b(x) modulo the CRC's polynomial, bits reflected: the highest bit stands for x⁰. Without
 * branches, which no processor could predict here: 2.5 times faster.
 */
function multiply(a: number, b: number): number {
  let product = 0
  let shifted = b
  for (let rest = a | 0; rest !== 0; rest <<= 1) {
    product ^= shifted & (rest >> 31)
    shifted = (shifted >>> 1) ^ (polynomial & -(shifted & 1))
  }
  return product
}

/** x^(8 · step · n) for n below 256: what a CRC is multiplied with when step · n bytes follow. */
function powers(step: number): Uint32Array {
  const byte = 0x00800000
  let base = byte
  for (let n = 1; n < step; n *= 2) base = multiply(base, base)
  const list = new Uint32Array(256)
  for (let n = 0, power = 1 << 31; n < 256; n++, power = multiply(power, base)) list[n] = power
  return list
}

const powerTables = [1, 2 ** 8, 2 ** 16, 2 ** 24].map(powers)

/** `crc` multiplied for `length` < 2³² bytes that follow: one multiplication per byte of `length`. */
function advance(crc: number, length: number): number {
  let advanced = crc
  for (let byte = 0, rest = length; rest > 0; byte++, rest >>>= 8) {
    advanced = multiply(powerTables[byte]?.[rest & 0xff] ?? 0, advanced)
  }
  return advanced
}

/** The factor that moves a CRC past `length` bytes, for {@link joinCrc}. */
export const crcFactor = (length: number) => advance(1 << 31, length)

/** The CRC of two joined texts, from theirs and the {@link crcFactor} of the second's length. */
export function joinCrc(first: number, second: number, factorOfSecond: number): number {
  return (multiply(factorOfSecond, first) ^ second) >>> 0
}

/**
 * What must be XORed into a text's CRC when its bytes from `oldAt` in `old` become those of `fresh`
 * from `from` to `end`, and `following` bytes come after them.
 */
export function crcChange(
  old: Uint8Array,
  oldAt: number,
  fresh: Uint8Array,
  from: number,
  end: number,
  following: number,
): number {
  let crc = 0
  for (let index = from; index < end; index++) {
    const difference = (old[oldAt + index - from] ?? 0) ^ (fresh[index] ?? 0)
    crc = (byteTable[(crc ^ difference) & 0xff] ?? 0) ^ (crc >>> 8)
  }
  return advance(crc, following)
}
