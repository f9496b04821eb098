import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from '@jest/globals'
import { createSchedule } from '../../src/polling/schedule.ts'
import { createRandom } from '../bench/freshness-world.ts'
import { turns } from './schedule-turns.ts'

setFlagsFromString('--expose-gc')

function heapBytes(): number {
  runInNewContext('gc()')
  return process.memoryUsage().heapUsed
}

const rooms = 1000
const hourMs = 3_600_000
const intervalMs = 600_000

test('a day of 1,000 rooms: the last hour is as the second, memory is flat, no timer is left', () => {
  const schedule = createSchedule({ qps: 2, minIntervalMs: 5000, adaptive: true })
  for (let room = 0; room < rooms; room += 1) schedule.add(room, intervalMs)
  const random = createRandom(1)
  const isBusy = (room: number, atMs: number) => (room + Math.floor(atMs / hourMs)) % 20 === 0
  const polledMs = new Float64Array(rooms)
  const hours = { polls: new Float64Array(24), worstMs: new Float64Array(24) }
  const answer = (room: number, atMs: number) => {
    const gapMs = atMs - (polledMs[room] ?? 0)
    polledMs[room] = atMs
    const hour = Math.floor(atMs / hourMs)
    hours.polls[hour] = (hours.polls[hour] ?? 0) + 1
    hours.worstMs[hour] = Math.max(hours.worstMs[hour] ?? 0, gapMs)
    const occupied = isBusy(room, atMs)
    const meanMs = occupied ? 60_000 : 4 * hourMs
    return { changed: random() < -Math.expm1(-gapMs / meanMs), occupied, emptied: false }
  }
  const day = turns(schedule, { untilMs: 24 * hourMs, qps: 2 }, answer)
  const timers = process.getActiveResourcesInfo().length
  let earlyBytes = 0
  for (const { atMs } of day) if (earlyBytes === 0 && atMs > 4 * hourMs) earlyBytes = heapBytes()

  expect(Math.max(...hours.polls.slice(1))).toBeLessThanOrEqual(2 * 3600 + 1)
  expect(Math.min(...hours.polls.slice(1))).toBeGreaterThan(0.95 * 2 * 3600)
  expect(Math.max(...hours.worstMs)).toBeLessThanOrEqual(intervalMs + 1000)
  expect(schedule.size()).toBe(rooms)
  expect(schedule.pending()).toBe(0)
  expect(heapBytes() - earlyBytes).toBeLessThan(2_000_000)
  expect(process.getActiveResourcesInfo()).toHaveLength(timers)
}, 120_000)
