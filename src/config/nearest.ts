import leven from 'leven'

const plain = (word: string) => word.toLowerCase().replace(/[^a-z0-9]/g, '')

/**
 * The candidate that was probably meant by `word`: at most two edits away, or the same but for
 * case and separators (`appId`, `APP-ID`). Undefined where none is near.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 100) return undefined
  const limit = Math.min(2, Math.floor(word.length / 2))
  const ranked = candidates
    .map((candidate) => ({
      candidate,
      edits: plain(candidate) === plain(word) ? 0 : leven(candidate, word, { maxDistance: 3 }),
    }))
    .filter(({ edits }) => edits <= limit)
  return ranked.sort((a, b) => a.edits - b.edits)[0]?.candidate
}

/** `did you mean "interval"` for a near miss, else `want one of "a", "b"`. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates)
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}`
  const shown = candidates.slice(0, 20).map((candidate) => JSON.stringify(candidate))
  return `want ${shown.length === 1 ? '' : 'one of '}${shown.join(', ')}`
}
