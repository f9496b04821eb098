import { createHash } from 'node:crypto'
import { roomKey } from '../room.ts'
import type { Room } from '../room.ts'
import type { Config } from './config.ts'
import type { ReadResult } from './read.ts'

/**
 * Which of `count` shards has a room: the first 48 bits of the SHA-256 of its key, modulo `count`.
 * The same in every release, on every machine, and whatever other rooms there are.
 */
export function shardOf(room: Pick<Room, 'appId' | 'roomId'>, count: number): number {
  return createHash('sha256').update(roomKey(room)).digest().readUIntBE(0, 6) % count
}

/**
 * The part of a configuration that shard `index` of `count` works on: its rooms, and of every
 * account's `qps` an equal part, because the shards share the one limit of the account.
 */
export function takeShard(config: Config, index: number, count: number): Config {
  if (count === 1) return config
  return {
    ...config,
    accounts: config.accounts.map((account) => ({ ...account, qps: account.qps / count })),
    rooms: config.rooms.filter((room) => shardOf(room, count) === index),
  }
}

/** Which part of the rooms a process works on, counted from 0. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** What was read, with the rooms and the budget of one shard only; problems are everybody's. */
export function shardOfRead(read: ReadResult, { index, count }: Shard): ReadResult {
  return 'problems' in read ? read : { ...read, config: takeShard(read.config, index, count) }
}
