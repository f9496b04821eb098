import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { demoRooms } from '../../src/simulator/demo.ts'
import { stateOf } from '../../src/simulator/world.ts'
import type { ScriptName } from '../../src/simulator/world.ts'

const start = Date.parse('2026-11-22T08:00:00Z')
const at = fc.integer({ min: 0, max: 4e12 })

/** A room's states over ten minutes, one a second. */
const lifeOf = (script: ScriptName, roomId = 'Room1') =>
  Array.from({ length: 600 }, (_, second) =>
    stateOf({ appId: 'app', roomId, script }, 1, start + second * 1000),
  )

test('a state is possible, and the same for the same seed, room and time', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), at, (roomId, seed, atMs) => {
      const state = stateOf({ appId: 'app', roomId }, seed, atMs)
      expect(stateOf({ appId: 'app', roomId }, seed, atMs)).toEqual(state)
      expect(state.invisibleUsers).toBeLessThanOrEqual(state.users)
      expect(state.exists || state.users === 0).toBe(true)
    }),
  )
})

test('another seed, app or room is another life', () => {
  const lives = [
    [1, 'app', 'a'],
    [2, 'app', 'a'],
    [1, 'bpp', 'a'],
    [1, 'app', 'b'],
  ] as const
  const told = lives.map(([seed, appId, roomId]) =>
    Array.from({ length: 300 }, (_, second) =>
      stateOf({ appId, roomId, script: 'lesson' }, seed, start + second * 1000),
    ),
  )
  expect(new Set(told.map((life) => JSON.stringify(life))).size).toBe(lives.length)
})

test('a lesson fills, empties and goes away, and comes back', () => {
  const life = lifeOf('lesson')
  const turns = life.filter((state, index) => state.exists !== life[index - 1]?.exists)
  expect(turns.length).toBeGreaterThan(4)
  expect(Math.max(...life.map((state) => state.users))).toBeGreaterThan(2)
})

test('a vacant room is there and empty, a missing one is never there', () => {
  const [vacant] = lifeOf('vacant')
  expect(lifeOf('vacant').every((state) => state.exists && state.users === 0)).toBe(true)
  expect(vacant).toEqual({ exists: true, users: 0, invisibleUsers: 0 })
  expect(lifeOf('missing').some((state) => state.exists)).toBe(false)
})

test('ghosts are all invisible', () => {
  const seen = lifeOf('ghosts').filter((state) => state.users > 0)
  expect(seen.length).toBeGreaterThan(0)
  expect(seen.every((state) => state.users === state.invisibleUsers)).toBe(true)
})

test('within five seconds of any moment a good part of the demo has changed', () => {
  const rooms = demoRooms(60)
  const statesAt = (atMs: number) => rooms.map((room) => JSON.stringify(stateOf(room, 1, atMs)))
  for (let minute = 0; minute < 60; minute++) {
    const before = statesAt(start + minute * 60_000)
    const after = statesAt(start + minute * 60_000 + 5000)
    expect(after.filter((state, index) => state !== before[index]).length).toBeGreaterThan(10)
    expect(before.filter((state) => state.includes('true')).length).toBeGreaterThan(20)
  }
})
