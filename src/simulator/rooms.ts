import { roomKey } from '../room.ts'
import { stateOf } from './world.ts'
import type { RoomState, SimulatedRoom } from './world.ts'

/** A room, or with the app id alone every room of the app. */
export interface RoomChoice {
  readonly appId: string
  readonly roomId?: string
}

/** The rooms of the simulated API: each follows its script until somebody says otherwise. */
export interface SimulatedRooms {
  /** Whether any room of the app was ever named. */
  hasApp(appId: string): boolean
  /** What is true about a room now; one that nobody named does not exist. */
  stateOf(appId: string, roomId: string, atMs: number): RoomState
  /** Holds the chosen rooms in a state; undefined lets them follow their scripts again. */
  hold(choice: RoomChoice, state: RoomState | undefined): void
  /** Every room that was named, with its state. */
  list(atMs: number): readonly (SimulatedRoom & { readonly state: RoomState })[]
}

const absent: RoomState = { exists: false, users: 0, invisibleUsers: 0 }

/** Rooms by their scripts; `seed` decides what the scripts leave open. */
export function createRooms(given: readonly SimulatedRoom[], seed: number): SimulatedRooms {
  const rooms = new Map(given.map((room) => [roomKey(room), room]))
  const apps = new Set(given.map((room) => room.appId))
  const held = new Map<string, RoomState>()

  const now = (room: SimulatedRoom, atMs: number) =>
    held.get(roomKey(room)) ?? stateOf(room, seed, atMs)

  function chosen({ appId, roomId }: RoomChoice): SimulatedRoom[] {
    if (roomId === undefined) return [...rooms.values()].filter((room) => room.appId === appId)
    return [rooms.get(roomKey({ appId, roomId })) ?? { appId, roomId, script: 'missing' }]
  }

  return {
    hasApp: (appId) => apps.has(appId),
    stateOf(appId, roomId, atMs) {
      const room = rooms.get(roomKey({ appId, roomId }))
      return room === undefined ? absent : now(room, atMs)
    },
    hold(choice, state) {
      apps.add(choice.appId)
      for (const room of chosen(choice)) {
        rooms.set(roomKey(room), room)
        if (state === undefined) held.delete(roomKey(room))
        else held.set(roomKey(room), state)
      }
    },
    list: (atMs) => [...rooms.values()].map((room) => ({ ...room, state: now(room, atMs) })),
  }
}
