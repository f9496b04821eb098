import { resolve } from 'node:path'
import type { RoomGlobs } from './config.ts'

/**
 * The files that one `room_files` pattern matches, relative to `directory`, sorted by code unit.
 * Hidden files and folders (a ConfigMap's `..data`) match only where the pattern names their dot.
 */
export async function expandGlob(directory: string, pattern: string): Promise<string[]> {
  // Most configurations have no patterns, and start without it.
  const { glob } = await import('tinyglobby')
  const found = await glob([pattern], { cwd: directory, expandDirectories: false })
  return found.sort()
}

/** Absolute paths of all files that the patterns match now, each once. */
export async function expandGlobs({ directory, patterns }: RoomGlobs): Promise<string[]> {
  const found = await Promise.all(patterns.map((pattern) => expandGlob(directory, pattern)))
  return [...new Set(found.flat())].sort().map((file) => resolve(directory, file))
}
