const length = 24
const blank = 0x20
const zero = 0x30
const point = 0x2e

/** Room for the text of one value, to be used again for the next. */
export const createValueText = () => new Uint8Array(length)

function writeDigits(text: Uint8Array, end: number, value: number, least: number): number {
  let at = end
  let rest = value
  for (; rest > 0x7fffffff; rest = Math.floor(rest / 10)) text[--at] = zero + (rest % 10)
  // Whole numbers of 31 bits divide three times faster than larger ones.
  let small = rest | 0
  while (small > 0 || end - at < least) {
    const tenth = (small / 10) | 0
    text[--at] = zero + small - tenth * 10
    small = tenth
  }
  return at
}

/**
 * Writes a whole number ≥ 0 right-aligned into `text`, blanks before it, and returns where it
 * begins. With `inSeconds` it is milliseconds, printed as seconds with three decimals; 0 stays `0`.
 */
export function writeValue(text: Uint8Array, value: number, inSeconds: boolean): number {
  text.fill(blank)
  const whole = Math.trunc(value)
  if (!inSeconds || whole === 0) return writeDigits(text, length, whole, 1)
  const seconds = Math.floor(whole / 1000)
  writeDigits(text, length, whole - seconds * 1000, 3)
  text[length - 4] = point
  return writeDigits(text, length - 4, seconds, 1)
}
