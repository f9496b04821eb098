import type { Room } from '../room.ts'
import { between, fraction, hashOf, mix } from './random.ts'

/** A room of the simulated world. */
export interface SimulatedRoom extends Pick<Room, 'appId' | 'roomId'> {
  /** How it lives; drawn from the seed and its ids when left out. */
  readonly script?: ScriptName
}

/** What is true about a room at one moment. */
export interface RoomState {
  readonly exists: boolean
  /** Visible and invisible users. */
  readonly users: number
  readonly invisibleUsers: number
}

/** How a kind of room lives. Visitors come and go each at a pace of their own. */
interface Script {
  /** How many different visitors it has, from the quietest room to the busiest. */
  readonly visitors: readonly [number, number]
  /** The share of its visitors that is invisible. */
  readonly invisibleShare: number
  /** From the start of a lesson to the start of the next one, in milliseconds. */
  readonly cycleMs: readonly [number, number]
  /** The share of a cycle in which there are visitors at all. */
  readonly openShare: number
  /** Whether it exists while nobody is in it. */
  readonly existsEmpty: boolean
}

/** The ways to live: what a fleet of rooms usually holds, at a pace that one can watch. */
export const scripts = {
  lesson: script({ visitors: [3, 30], invisibleShare: 0.15, openShare: 0.6 }),
  lounge: script({ visitors: [2, 8], invisibleShare: 0.1, existsEmpty: true }),
  webinar: script({ visitors: [120, 400], invisibleShare: 0.9, openShare: 0.8 }),
  ghosts: script({ visitors: [1, 4], invisibleShare: 1 }),
  vacant: script({ visitors: [0, 0], existsEmpty: true }),
  missing: script({ visitors: [0, 0] }),
} as const satisfies Record<string, Script>

/** One of {@link scripts}. */
export type ScriptName = keyof typeof scripts

function script(given: Pick<Script, 'visitors'> & Partial<Script>): Script {
  return {
    invisibleShare: 0,
    cycleMs: [60_000, 180_000],
    openShare: 1,
    existsEmpty: false,
    ...given,
  }
}

/** Ten rooms without a script of their own live like these, about. */
const drawn: readonly ScriptName[] = [
  ...(['lesson', 'lesson', 'lesson', 'lesson', 'lesson'] as const),
  ...(['lounge', 'lounge', 'ghosts', 'vacant', 'missing'] as const),
]

/**
 * What is true about a room at `atMs` (Unix milliseconds): a function of the seed, the room and the
 * time, so that any two simulators agree and no timer moves the world.
 */
export function stateOf(room: SimulatedRoom, seed: number, atMs: number): RoomState {
  const hash = mix(hashOf(`${room.appId}/${room.roomId}`), seed)
  const name = room.script ?? drawn[Math.floor(fraction(hash, 1) * drawn.length)] ?? 'lesson'
  const kind: Script = scripts[name]
  const visitors = isOpen(kind, hash, atMs)
    ? Math.round(between(kind.visitors, fraction(hash, 2)))
    : 0
  let users = 0
  let invisibleUsers = 0
  for (let index = 0; index < visitors; index++) {
    const visitor = mix(hash, 1000 + index)
    if (!isThere(visitor, atMs)) continue
    users++
    if (fraction(visitor, 1) < kind.invisibleShare) invisibleUsers++
  }
  return { exists: kind.existsEmpty || users > 0, users, invisibleUsers }
}

function isOpen(kind: Script, hash: number, atMs: number): boolean {
  const cycleMs = between(kind.cycleMs, fraction(hash, 3))
  const cycles = atMs / cycleMs + fraction(hash, 4)
  return cycles % 1 < kind.openShare
}

/** A visitor comes in most of his rounds, a little late, and leaves when he likes. */
function isThere(visitor: number, atMs: number): boolean {
  const roundMs = between([30_000, 120_000], fraction(visitor, 2))
  const rounds = atMs / roundMs + fraction(visitor, 3)
  const round = mix(visitor, Math.floor(rounds))
  const comes = fraction(round, 4) * 0.3
  const leaves = 0.5 + fraction(round, 5) * 0.5
  return fraction(round, 6) < 0.8 && rounds % 1 >= comes && rounds % 1 < leaves
}
