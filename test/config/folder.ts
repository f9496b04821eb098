import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from '@jest/globals'
import { readConfig } from '../../src/config/read.ts'
import type { Config } from '../../src/config/config.ts'
import { formatProblem } from '../../src/config/config.ts'

const folders: string[] = []

afterEach(async () => {
  await Promise.all(folders.splice(0).map((path) => rm(path, { recursive: true })))
})

/** Keys as the environment would hold them. */
export const env = { VOLC_ACCESSKEY: 'AKLTexample', VOLC_SECRETKEY: 'secretexample==' }

/** A folder with these files that is gone after the test; gives its path. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rtc-room-exporter-config-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

/** What `readConfig` says about `main.yml` among these files, line by line, without the folder. */
export async function linesFor(
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>> = env,
): Promise<string[]> {
  const folder = await folderWith(files)
  const read = await readConfig(join(folder, 'main.yml'), environment)
  const problems = 'problems' in read ? read.problems : read.warnings
  return problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''))
}

/** The configuration in `main.yml` among these files, which must be valid. */
export async function configFor(files: Readonly<Record<string, string>>): Promise<Config> {
  const folder = await folderWith(files)
  const read = await readConfig(join(folder, 'main.yml'), env)
  if ('problems' in read) throw new Error(read.problems.map(formatProblem).join('\n'))
  return read.config
}
