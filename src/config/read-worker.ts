import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import type { Environment } from './accounts.ts'
import type { Config, Problem } from './config.ts'
import { readConfig } from './read.ts'
import type { Shard } from './shard.ts'
import { shardOfRead } from './shard.ts'

/** What the thread is to read. */
export interface ReadOrder {
  readonly path: string
  readonly env: Environment
  readonly shard: Shard
}

/** A part of what was read; lists come in several. The next one is sent when it is asked for. */
export type Piece =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'rooms'; readonly list: Config['rooms'] }
  | { readonly kind: 'warnings' | 'problems'; readonly list: readonly Problem[] }
  | { readonly kind: 'end' }

/** So many items are taken over by the other thread in about a millisecond. */
const itemsAtOnce = 1000

function* slices<T>(list: readonly T[]): Generator<readonly T[], void, undefined> {
  for (let at = 0; at < list.length; at += itemsAtOnce) yield list.slice(at, at + itemsAtOnce)
}

async function* read({ path, env, shard }: ReadOrder): AsyncGenerator<Piece, void, undefined> {
  const result = shardOfRead(await readConfig(path, env), shard)
  if ('problems' in result) {
    for (const list of slices(result.problems)) yield { kind: 'problems', list }
  } else {
    const { config, warnings } = result
    yield { kind: 'config', config: { ...config, rooms: [] } }
    for (const list of slices(config.rooms)) yield { kind: 'rooms', list }
    for (const list of slices(warnings)) yield { kind: 'warnings', list }
  }
  yield { kind: 'end' }
}

if (parentPort)
  for await (const piece of read(workerData as ReadOrder)) {
    parentPort.postMessage(piece)
    if (piece.kind !== 'end') await once(parentPort, 'message')
  }
