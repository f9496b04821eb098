import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createSchedule } from '../../src/polling/schedule.ts'

/** What a room is known to be: never polled, waiting since its last poll, or taken. */
interface Known {
  intervalMs: number
  polledMs: number | undefined
  isTaken: boolean
}

const room = fc.nat(12)
const intervalMs = fc.constantFrom(5000, 8000, 30_000, 90_000)
const step = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    room,
    intervalMs,
    ageMs: fc.option(fc.nat(99_999)),
  }),
  fc.record({ do: fc.constant('remove' as const), room }),
  fc.record({ do: fc.constant('setInterval' as const), room, intervalMs }),
  fc.record({ do: fc.constant('take' as const) }),
  fc.record({
    do: fc.constant('finish' as const),
    room,
    changed: fc.constantFrom(true, false, undefined),
    occupied: fc.constantFrom(true, false, undefined),
    emptied: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('terms' as const),
    qps: fc.constantFrom(0.1, 1, 40),
    adaptive: fc.boolean(),
  }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.nat(20_000) }),
)

test('no room is lost, doubled or starved, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.boolean(), (steps, adaptive) => {
      const schedule = createSchedule({ qps: 1, minIntervalMs: 5000, adaptive })
      const known = new Map<number, Known>()
      const flying = new Set<number>()
      let nowMs = 0
      const take = () => {
        const taken = schedule.take(nowMs)
        const waiting = [...known].filter(([, { isTaken }]) => !isTaken)
        if (taken === undefined) expect(waiting).toEqual([])
        else {
          expect(waiting.map(([one]) => one)).toContain(taken)
          flying.add(taken)
          known.set(taken, { intervalMs: 0, ...known.get(taken), polledMs: nowMs, isTaken: true })
        }
        return taken
      }
      const finish = (one: number, outcome: Parameters<typeof schedule.finish>[1]) => {
        if (!flying.delete(one)) return
        schedule.finish(one, outcome)
        const room = known.get(one)
        if (room !== undefined) room.isTaken = false
      }
      for (const now of steps) {
        const there = 'room' in now ? known.get(now.room) : undefined
        switch (now.do) {
          case 'add': {
            if (there !== undefined) break
            const polledMs = now.ageMs === null ? undefined : nowMs - now.ageMs
            schedule.add(now.room, now.intervalMs, polledMs)
            known.set(now.room, { ...now, polledMs, isTaken: flying.has(now.room) })
            break
          }
          case 'remove':
            schedule.remove(now.room)
            known.delete(now.room)
            break
          case 'setInterval':
            schedule.setInterval(now.room, now.intervalMs)
            if (there !== undefined) there.intervalMs = now.intervalMs
            break
          case 'take':
            take()
            break
          case 'finish':
            finish(now.room, now)
            break
          case 'terms':
            schedule.setOptions({ qps: now.qps, adaptive: now.adaptive })
            break
          case 'pass':
            nowMs += now.ms
            break
          default:
            now satisfies never
        }
        const waiting = [...known.values()].filter(({ isTaken }) => !isTaken)
        const unpolled = waiting.filter(({ polledMs }) => polledMs === undefined)
        const demand = [...known.values()].reduce((sum, one) => sum + 1000 / one.intervalMs, 0)
        expect(schedule.size()).toBe(known.size)
        expect(schedule.pending()).toBe(unpolled.length)
        expect(schedule.demand()).toBeCloseTo(demand, 9)
        expect(schedule.msUntilDue(nowMs) === Infinity).toBe(waiting.length === 0)
        expect(schedule.msUntilDue(nowMs)).toBeGreaterThanOrEqual(0)
        for (const [one, { polledMs, isTaken }] of known)
          if (!isTaken) expect(schedule.explain(one, nowMs)?.lastPolledMs).toBe(polledMs)
      }

      for (const one of flying) finish(one, { changed: false, occupied: false, emptied: false })
      schedule.setOptions({ qps: 1 })
      const served = new Set<number>()
      for (let turn = 0; turn < 400 && served.size < known.size; turn += 1) {
        nowMs += 1000
        const taken = take()
        if (taken === undefined) continue
        served.add(taken)
        finish(taken, { changed: true, occupied: false, emptied: turn % 2 === 0 })
      }
      expect(served.size).toBe(known.size)
    }),
    { numRuns: 300 },
  )
})
