import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { generateManifests } from './manifests.ts'

for (const { path, text } of await generateManifests()) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
