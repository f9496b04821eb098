import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** What a watch looks at and whom it tells. */
export interface WatchOptions {
  /** The files to look at, asked for again at every look: new matches of a glob belong to it. */
  readonly paths: () => readonly string[] | Promise<readonly string[]>
  /** From one look to the next, in milliseconds. */
  readonly intervalMs: number
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
  /** Called for each settled change, one call at a time. What it throws ends the watch. */
  readonly onChange: () => void | Promise<void>
}

/** Content hash by path; a file that cannot be read has the hash `none`. */
type Look = ReadonlyMap<string, string>

/**
 * Compares the content of files until the signal aborts. A change counts when two looks in a row
 * agree on it: half-written files and files that are away for a moment are waited out.
 * Content, because a ConfigMap is swapped by a symlink that file events often miss.
 */
export async function watchContent(options: WatchOptions): Promise<void> {
  const { paths, intervalMs, sleep, signal, onChange } = options
  let known = await look(await paths())
  let last = known
  while (!signal.aborted) {
    await sleep(intervalMs, signal)
    if (isAborted(signal)) return
    const now = await look(await paths())
    if (!isSame(now, known) && isSame(now, last)) {
      await onChange()
      // What the new configuration names besides was just read: it is no change of its own.
      known = await look(await paths(), now)
    }
    last = now
  }
}

// Asked through a function, since the compiler takes the loop's own check to hold across an await.
const isAborted = (signal: AbortSignal) => signal.aborted

async function look(paths: readonly string[], seenBefore?: Look): Promise<Look> {
  const seen = new Map<string, string>()
  for (const path of paths) {
    seen.set(path, seenBefore?.get(path) ?? (await hashOf(path)))
  }
  return seen
}

async function hashOf(path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('base64')
  } catch {
    return 'none'
  }
}

function isSame(a: Look, b: Look): boolean {
  return a.size === b.size && [...a].every(([path, hash]) => b.get(path) === hash)
}
