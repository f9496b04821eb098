/** Stands in a column where a room has no such value. */
export const none = -1

type Numbers = Int32Array | Int8Array | Uint8Array | Float64Array

function createColumn(make: (length: number) => Numbers) {
  let values = make(0)
  return {
    get: (slot: number) => values[slot] ?? none,
    /** How many of the slots below `end` have that number. */
    count(wanted: number, end: number): number {
      let count = 0
      for (let slot = 0; slot < end; slot++) if (values[slot] === wanted) count++
      return count
    },
    /** The least number over `bound` in the slots below `end`; Infinity without any. */
    leastOver(bound: number, end: number): number {
      let least = Infinity
      for (let slot = 0; slot < end; slot++) {
        const value = values[slot] ?? none
        if (value > bound && value < least) least = value
      }
      return least
    },
    set(slot: number, value: number) {
      values[slot] = value
    },
    reserve(length: number) {
      if (length <= values.length) return
      const wider = make(Math.max(length, values.length * 2))
      wider.set(values)
      values = wider
    },
  }
}

/** One column of numbers, indexed by slot. */
export type Column = ReturnType<typeof createColumn>

/**
 * The values of all rooms as typed arrays: 36 bytes a room, where objects would take several
 * hundred and be walked by every garbage collection.
 */
export function createColumns() {
  const columns = {
    users: createColumn((length) => new Int32Array(length)),
    invisibleUsers: createColumn((length) => new Int32Array(length)),
    /** 1 exists, 0 does not, -1 not known. */
    exists: createColumn((length) => new Int8Array(length)),
    /** 1 the last finished poll succeeded, 0 failed, -1 there was none. */
    pollSuccess: createColumn((length) => new Int8Array(length)),
    /** 1 while the value may be shown. */
    isShown: createColumn((length) => new Uint8Array(length)),
    /** 1 while the slot waits to be rendered. */
    isChanged: createColumn((length) => new Uint8Array(length)),
    /** When the last successful poll was sent: Unix milliseconds, 0 = never. */
    successAt: createColumn((length) => new Float64Array(length)),
    /** The same by the monotonic clock, milliseconds. */
    successAtMonotonic: createColumn((length) => new Float64Array(length)),
    /** When the last finished poll was sent: Unix milliseconds, 0 = never. */
    polledAt: createColumn((length) => new Float64Array(length)),
  }
  return {
    ...columns,
    /** Makes room for slots below `length`. */
    reserve(length: number) {
      for (const column of Object.values(columns)) column.reserve(length)
    },
  }
}
