import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Environment } from './accounts.ts'
import type { Config, Problem } from './config.ts'
import type { ReadResult } from './read.ts'
import type { Piece, ReadOrder } from './read-worker.ts'
import type { Shard } from './shard.ts'

/** Compiled it is a JavaScript file; from the sources it runs where TypeScript can be loaded. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './read-worker.ts' : './read-worker.js',
  import.meta.url,
)

/**
 * Does what `readConfig` does, and takes one shard of it, in a thread of its own, for polling must
 * not stand still meanwhile: 100,000 rooms take seconds to read. Never rejects.
 */
export async function readConfigApart(
  path: string,
  env: Environment,
  shard: Shard,
): Promise<ReadResult> {
  const order: ReadOrder = { path, env: { ...env }, shard }
  const worker = new Worker(workerFile, { workerData: order })
  const problems: Problem[] = []
  const warnings: Problem[] = []
  const rooms: Config['rooms'][number][] = []
  let config: Config | undefined
  try {
    for await (const [message] of on(worker, 'message', { close: ['exit'] })) {
      // Both ends are compiled together, and nothing else speaks to the thread.
      const piece = message as Piece
      if (piece.kind === 'end')
        return config ? { config: { ...config, rooms }, warnings } : { problems }
      if (piece.kind === 'config') ({ config } = piece)
      else if (piece.kind === 'rooms') rooms.push(...piece.list)
      else (piece.kind === 'warnings' ? warnings : problems).push(...piece.list)
      worker.postMessage('next')
    }
    return { problems: [problemOf(path, 'its thread ended')] }
  } catch (error) {
    return { problems: [problemOf(path, String(error))] }
  } finally {
    await worker.terminate()
  }
}

function problemOf(file: string, why: string): Problem {
  const message = `the configuration cannot be read: ${why}, want enough memory for it`
  return { file, line: 1, column: 1, message, severity: 'error' }
}
