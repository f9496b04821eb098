import type { Room } from '../../src/room.ts'

/** A room with every part filled in; `given` replaces what matters to the test. */
export function room(given: Partial<Room> = {}): Room {
  return {
    appId: '0123456789abcdef01234567',
    roomId: 'Room1',
    account: 'default',
    intervalMs: 30_000,
    maxAgeMs: 90_000,
    ...given,
  }
}

/** `count` rooms that differ in their room id. */
export function roomList(count: number, given: Partial<Room> = {}): Room[] {
  return Array.from({ length: count }, (_, index) =>
    room({ roomId: `Room${String(index)}`, ...given }),
  )
}
