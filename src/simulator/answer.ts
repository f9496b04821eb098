import { errorMember } from './codes.ts'
import type { Content } from './faults.ts'
import { hashOf } from './random.ts'
import type { RoomState } from './world.ts'

/** The documented ceiling of each list of user ids. */
const mostListed = 10_000

/** The `Result` for a room: nothing but `RoomExists: false`, or the counts and the user ids. */
export function roomContent(roomId: string, state: RoomState): Content {
  if (!state.exists) return { result: { RoomExists: false } }
  const room = hashOf(roomId)
  const ids = (from: number, to: number) =>
    Array.from(
      { length: Math.min(to - from, mostListed) },
      (_, index) => `user-${room.toString(36)}-${String(from + index)}`,
    )
  const visible = state.users - state.invisibleUsers
  return {
    result: {
      TotalUser: state.users,
      TotalInvisibleUser: state.invisibleUsers,
      VisibleUserList: emptyAs(room, ids(0, visible)),
      InvisibleUserList: emptyAs(room, ids(visible, state.users)),
      RoomExists: true,
    },
  }
}

/** An empty list is left out, null or a list, for the documentation does not say which. */
function emptyAs(room: number, ids: readonly string[]): readonly string[] | null | undefined {
  if (ids.length > 0) return ids
  return [undefined, null, ids][room % 3]
}

function resultOf(content: { result: unknown } | { userIdBytes: number }): unknown {
  if ('result' in content) return content.result
  const ids = Array.from({ length: Math.ceil(content.userIdBytes / 128) }, (_, index) =>
    `user-${String(index)}`.padEnd(128, 'x'),
  )
  return { TotalUser: ids.length, TotalInvisibleUser: 0, VisibleUserList: ids, RoomExists: true }
}

/** The body and its media type. */
export function bodyOf(
  content: Content,
  requestId: string,
  region: string,
): { text: string; type: string } {
  if ('text' in content) return content
  const metadata = {
    RequestId: requestId,
    Action: 'GetRoomOnlineUsers',
    Version: '2023-11-01',
    Service: 'rtc',
    Region: region,
  }
  const body =
    'error' in content
      ? { ResponseMetadata: { ...metadata, Error: errorMember(content.error) } }
      : { ResponseMetadata: metadata, Result: resultOf(content) }
  return { text: JSON.stringify(body), type: 'application/json; charset=utf-8' }
}
