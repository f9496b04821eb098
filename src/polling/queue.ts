/** A room in a queue: a link of it, so that leaving needs no search. */
export interface Link {
  /** From when its age counts, monotonic milliseconds. */
  sinceMs: number
  queue: Queue<this> | undefined
  before: this | undefined
  after: this | undefined
}

/** Rooms in order of their age, the oldest first. */
export interface Queue<Room extends Link> {
  head: Room | undefined
  tail: Room | undefined
  /** How many rooms are in it. */
  size: number
  /** Some room stands behind a later one: it is put in order when the head is next asked for. */
  isShuffled: boolean
}

/**
 * How far from the end a room's place is looked for. Answers overtake each other by the few requests
 * in flight; only a reload goes further back, for thousands of rooms at once, and sorting is cheaper.
 */
const reach = 64

/** An empty queue. */
export function createQueue<Room extends Link>(): Queue<Room> {
  return { head: undefined, tail: undefined, size: 0, isShuffled: false }
}

/** Puts a room, which must be in no queue, behind those that are as old or older. */
export function enter<Room extends Link>(queue: Queue<Room>, room: Room): void {
  let before = queue.tail
  for (let steps = 0; before !== undefined && before.sinceMs > room.sinceMs; steps += 1) {
    if (queue.isShuffled || steps === reach) {
      queue.isShuffled = true
      before = queue.tail
      break
    }
    before = before.before
  }
  const after = before === undefined ? queue.head : before.after
  queue.size += 1
  room.queue = queue
  room.before = before
  room.after = after
  if (before === undefined) queue.head = room
  else before.after = room
  if (after === undefined) queue.tail = room
  else after.before = room
}

/** Takes a room out of whichever queue it is in; nothing happens when it is in none. */
export function leave(room: Link): void {
  const { queue, before, after } = room
  if (queue === undefined) return
  queue.size -= 1
  if (before === undefined) queue.head = after
  else before.after = after
  if (after === undefined) queue.tail = before
  else after.before = before
  room.queue = room.before = room.after = undefined
}

/** The oldest room. */
export function first<Room extends Link>(queue: Queue<Room>): Room | undefined {
  if (queue.isShuffled) sort(queue)
  return queue.head
}

function sort<Room extends Link>(queue: Queue<Room>): void {
  const rooms: Room[] = []
  for (let room = queue.head; room !== undefined; room = room.after) rooms.push(room)
  Object.assign(queue, createQueue<Room>())
  for (const room of rooms.sort((a, b) => a.sinceMs - b.sinceMs)) enter(queue, room)
}
