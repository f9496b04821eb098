/** Collects bits, the lowest of each byte first. Reserve space before putting. */
export function createBitWriter() {
  let bytes = new Uint8Array(0)
  let at = 0
  let held = 0
  let count = 0

  return {
    /** Starts anew, with space for `size` bytes. */
    reset(size: number) {
      if (size > bytes.length) bytes = new Uint8Array(size * 2)
      at = 0
      held = 0
      count = 0
    },

    /** Appends the lowest `size` ≤ 24 bits of `value`, whose other bits are 0. */
    put(value: number, size: number) {
      held |= value << count
      count += size
      while (count >= 8) {
        bytes[at++] = held & 0xff
        held >>>= 8
        count -= 8
      }
    },

    /** How many bits were put since the start. */
    position: () => at * 8 + count,

    /** Fills the last byte with zeros and returns a copy of all. */
    take(): Buffer {
      if (count > 0) bytes[at++] = held & 0xff
      held = 0
      count = 0
      const taken = Buffer.allocUnsafeSlow(at)
      taken.set(bytes.subarray(0, at))
      return taken
    },
  }
}

/** See {@link createBitWriter}. */
export type BitWriter = ReturnType<typeof createBitWriter>

/** Replaces `size` ≤ 8 bits at a bit position. */
export function replaceBits(bytes: Uint8Array, position: number, value: number, size: number) {
  const at = position >>> 3
  const shift = position & 7
  const mask = ((1 << size) - 1) << shift
  const placed = value << shift
  bytes[at] = ((bytes[at] ?? 0) & ~mask) | (placed & 0xff)
  if (shift + size > 8) bytes[at + 1] = ((bytes[at + 1] ?? 0) & ~(mask >> 8)) | (placed >> 8)
}
