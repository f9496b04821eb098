import { afterEach } from '@jest/globals'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts'
import { parametersFor } from './ask.ts'
import type { Asked } from './ask.ts'

export const room = { appId: '0123456789abcdef01234567', roomId: 'Room1' }
export const now = Date.parse('2026-11-22T08:15:30.400Z')
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

/** A simulator that is closed after the test, on the morning of `now`, with one known room. */
export async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const clock = { now: () => now, monotonic: () => performance.now() }
  const simulator = await createSimulator({ latencyMs: [0, 0], rooms: [room], clock, ...options })
  simulator.rooms.hold(room, { exists: true, users: 6, invisibleUsers: 3 })
  closers.push(simulator.close)
  return simulator
}

export const good: Asked = { parameters: parametersFor(room), date: new Date(now) }
export const sts = { ...simulatorAccount, sessionToken: 'a/session+token==' }
