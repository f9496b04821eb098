import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { shardOf, takeShard } from '../../src/config/shard.ts'
import { configFor } from './folder.ts'

test('a room keeps its shard from release to release', () => {
  const shards = ['Room1', 'Room2', 'Room3', 'Room4'].map((roomId) =>
    shardOf({ appId: '661e0000000000000000543c', roomId }, 7),
  )
  expect(shards).toEqual([4, 0, 3, 0])
})

test('every room is in exactly one shard, and the shards are about equal', async () => {
  const ids = Array.from({ length: 3000 }, (_, at) => `Room${String(at)}`)
  const config = await configFor({
    'main.yml': ids
      .map((id) => `- { app_id: 661e0000000000000000543c, room_id: ${id} }\n`)
      .join(''),
  })
  const shards = [0, 1, 2].map((index) => takeShard(config, index, 3))
  const names = shards.flatMap(({ rooms }) => rooms.map(({ roomId }) => roomId))
  expect(names.sort()).toEqual(ids.sort())
  for (const { rooms, accounts } of shards) {
    expect(rooms.length).toBeGreaterThan(900)
    expect(accounts[0]?.qps).toBeCloseTo(40 / 3, 10)
  }
  expect(takeShard(config, 0, 1)).toBe(config)
})

test('a shard is a whole number below the count, for any id', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 100 }), (id, count) => {
      const shard = shardOf({ appId: id, roomId: id }, count)
      expect(Number.isInteger(shard) && shard >= 0 && shard < count).toBe(true)
    }),
  )
})
