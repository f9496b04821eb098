import type { Answer } from '../room.ts'

/** One finished poll, as it is told to people. */
export interface PastPoll extends Pick<Answer, 'reading' | 'sentAtMs' | 'durationMs'> {
  /** The `RequestId` of its last request; absent where none came back. */
  readonly requestId?: string
  /** Requests that it took, retries included. */
  readonly attempts: number
}

/** The recent polls of one room, newest first, and since when it has been failing. */
interface Past {
  polls: readonly PastPoll[]
  failingSinceMs: number | undefined
}

/** Polls kept of all rooms together, about 300 bytes each: 30 MB, and twice that with 100,000 rooms. */
const mostPolls = 100_000
const mostPerRoom = 20
const leastPerRoom = 2

/** How many polls are kept of each of `rooms` rooms. */
export function pollsKept(rooms: number): number {
  const share = Math.floor(mostPolls / Math.max(1, rooms))
  return Math.min(mostPerRoom, Math.max(leastPerRoom, share))
}

const isFailure = ({ reading }: PastPoll) => reading.kind === 'failed'

/** Half of the places are for failures however old: they are what somebody asks about. */
function forget(polls: readonly PastPoll[], limit: number): readonly PastPoll[] {
  const left = [...polls]
  while (left.length > limit) {
    const hasManyFailures = left.filter(isFailure).length > limit / 2
    left.splice(
      left.findLastIndex((poll) => isFailure(poll) === hasManyFailures),
      1,
    )
  }
  return left
}

/** Keeps the recent polls of every room, by slot. The more rooms, the fewer of each. */
export function createHistory() {
  const pasts = new Map<number, Past>()
  const attempts = new Map<number, number>()
  let limit = pollsKept(0)

  return {
    /** Says how many rooms there are, and which slots have a new room or none any more. */
    set(rooms: number, changedSlots: readonly number[]) {
      for (const slot of changedSlots) {
        pasts.delete(slot)
        attempts.delete(slot)
      }
      const before = limit
      limit = pollsKept(rooms)
      if (limit >= before) return
      for (const past of pasts.values()) past.polls = forget(past.polls, limit)
    },
    /** Counts a request of the poll that is under way. */
    asked(slot: number) {
      attempts.set(slot, (attempts.get(slot) ?? 0) + 1)
    },
    /** Keeps a finished poll. */
    finished(slot: number, { reading, sentAtMs, durationMs, requestId }: Answer) {
      const past = pasts.get(slot) ?? { polls: [], failingSinceMs: undefined }
      const poll: PastPoll = {
        reading,
        sentAtMs,
        durationMs,
        attempts: attempts.get(slot) ?? 1,
        ...(requestId !== undefined && { requestId }),
      }
      attempts.delete(slot)
      past.polls = forget([poll, ...past.polls], limit)
      past.failingSinceMs = isFailure(poll) ? (past.failingSinceMs ?? sentAtMs) : undefined
      pasts.set(slot, past)
    },
    /** What is remembered of a room's polls, newest first. */
    polls: (slot: number): readonly PastPoll[] => pasts.get(slot)?.polls ?? [],
    /** The newest failed poll that is remembered. */
    lastFailure: (slot: number): PastPoll | undefined => pasts.get(slot)?.polls.find(isFailure),
    /** When the first of the polls was sent that have failed in a row up to now, Unix milliseconds. */
    failingSinceMs: (slot: number): number | undefined => pasts.get(slot)?.failingSinceMs,
  }
}

/** See {@link createHistory}. */
export type History = ReturnType<typeof createHistory>
