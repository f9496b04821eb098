import { randomBytes } from 'node:crypto'
import { open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseSnapshot } from './snapshot.ts'
import type { KeptValue } from './table.ts'

/** What an earlier run left; where its file could not be trusted, why, and where it is now. */
export interface Left {
  readonly values: readonly KeptValue[]
  readonly refused?: { readonly fault: string; readonly keptAs: string }
}

/** Refused files that are kept; the oldest ones go. */
const mostKeptAside = 5

/** A half-written file that nobody has touched for so long belongs to a process that was killed. */
const abandonedAfterMs = 60_000

/**
 * Reads the state file at `path`, if there is one, and makes sure that one can be written later. A
 * file that cannot be trusted is moved to `PATH.bad-TIME`.
 * @throws the system's errors, and an Error where something else than a file is in the way
 */
export async function openStateFile(path: string, nowMs: number): Promise<Left> {
  const temporary = await writeBeside(path, [])
  await rm(temporary)
  await removeAbandoned(path, nowMs)
  const found = await stat(path).catch(ignoreMissing)
  if (found === undefined) return { values: [] }
  if (!found.isFile()) throw new Error('something that is no file has that name')
  const parsed = parseSnapshot(await readFile(path), nowMs)
  if ('values' in parsed) return parsed
  return { values: [], refused: { ...parsed, keptAs: await keepAside(path, nowMs) } }
}

/**
 * Puts the text in place of the file at `path`, whole or not at all, also when the machine stops
 * in the middle. Other work goes on between the chunks.
 * @throws the system's errors
 */
export async function replaceStateFile(path: string, chunks: Iterable<string>): Promise<void> {
  const temporary = await writeBeside(path, chunks)
  await rename(temporary, path)
  const folder = await open(dirname(path), 'r')
  // Some file systems cannot do this with a folder; they have their own way to keep a name.
  await folder.sync().catch(() => undefined)
  await folder.close()
}

/** Writes a file of another name into the folder of `path`, down to the disk, and gives its path. */
async function writeBeside(path: string, chunks: Iterable<string>): Promise<string> {
  const temporary = `${path}.tmp-${randomBytes(6).toString('hex')}`
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await writeFile(handle, chunks)
    await handle.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  return temporary
}

async function removeAbandoned(path: string, nowMs: number): Promise<void> {
  for (const file of await namesakes(path, '.tmp-')) {
    const found = await stat(file).catch(ignoreMissing)
    if (found && nowMs - found.mtimeMs > abandonedAfterMs) await rm(file, { force: true })
  }
}

async function keepAside(path: string, nowMs: number): Promise<string> {
  const kept = await namesakes(path, '.bad-')
  const stem = `${path}.bad-${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '')}`
  let keptAs = stem
  for (let copy = 2; kept.includes(keptAs); copy += 1) keptAs = `${stem}-${String(copy)}`
  await rename(path, keptAs)
  const oldest = kept.slice(0, Math.max(0, kept.length + 1 - mostKeptAside))
  for (const file of oldest) await rm(file, { force: true })
  return keptAs
}

/** The files beside `path` whose names begin with its name and `mark`, in order. */
async function namesakes(path: string, mark: string): Promise<string[]> {
  const names = await readdir(dirname(path))
  const wanted = names.filter((name) => name.startsWith(`${basename(path)}${mark}`))
  return wanted.sort().map((name) => join(dirname(path), name))
}

function ignoreMissing(error: unknown): undefined {
  const isMissing =
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'
  if (!isMissing) throw error
}
