/** Mixes two 32-bit numbers into one; a change of one bit changes about half of the result's. */
export function mix(a: number, b: number): number {
  let hash = (a ^ Math.imul(b ^ 0x9e3779b9, 0x85ebca6b)) >>> 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad)
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97)
  return (hash ^ (hash >>> 15)) >>> 0
}

/** A 32-bit number for a text (FNV-1a over its UTF-16 units, mixed). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return mix(hash, text.length)
}

/** The `nth` fraction that belongs to `hash`: at least 0, below 1, always the same. */
export function fraction(hash: number, nth: number): number {
  return mix(hash, nth) / 0x1_0000_0000
}

/** A number between the two, chosen by a fraction. */
export function between([least, most]: readonly [number, number], chosen: number): number {
  return least + (most - least) * chosen
}

/** Fractions that look random and are the same for the same seed. */
export function createRandom(seed: number): () => number {
  let drawn = 0
  return () => fraction(seed, drawn++)
}
