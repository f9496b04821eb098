const newline = 0x0a

/** Collects text as UTF-8. */
export function createTextWriter() {
  let bytes = Buffer.allocUnsafeSlow(65536)
  let at = 0

  function reserve(size: number) {
    if (at + size <= bytes.length) return
    const wider = Buffer.allocUnsafeSlow(Math.max(at + size, bytes.length * 2))
    bytes.copy(wider, 0, 0, at)
    bytes = wider
  }

  return {
    /** Starts anew. */
    reset() {
      at = 0
    },
    /** Appends a text. */
    putText(text: string) {
      reserve(text.length * 3)
      at += bytes.write(text, at)
    },
    /** Appends the bytes of `value` after `from`, and the end of the line. */
    putLine(value: Uint8Array, from: number) {
      reserve(value.length + 1)
      for (let index = from; index < value.length; index++) bytes[at++] = value[index] ?? 0
      bytes[at++] = newline
    },
    /** How many bytes there are. */
    length: () => at,
    /** The bytes, valid until more are put. */
    bytes: () => bytes.subarray(0, at),
  }
}
