import type { BitWriter } from './bits.ts'
import type { Chunk } from './chunk.ts'
import { compress, copyOf, patch } from './chunk.ts'
import type { Family, RoomSource } from './families.ts'
import { allLabels } from './families.ts'
import type { Loans } from './loans.ts'
import { createTextWriter } from './text-writer.ts'
import { createValueText, writeValue } from './value.ts'

/** Slots a chunk holds. */
export const chunkSlots = 512

function createPlaces(length: number) {
  return {
    at: new Int32Array(length).fill(-1),
    width: new Uint8Array(length),
    bitAt: new Int32Array(length),
  }
}

/** Tools that all families use one after another, so that each need not keep its own. */
export function createTools(loans: Loans, bits: BitWriter) {
  return { loans, bits, text: createTextWriter(), value: createValueText() }
}

/** The lines of one family, in chunks of {@link chunkSlots} consecutive slots. */
export function createFamilyLines(
  family: Family,
  rooms: RoomSource,
  tools: ReturnType<typeof createTools>,
) {
  const chunks: Chunk[] = []
  let places = createPlaces(0)
  const { loans, bits, text, value } = tools

  return {
    family,
    chunks: chunks as readonly Chunk[],

    /** Makes space for chunks below `count`. */
    reserve(count: number) {
      const length = count * chunkSlots
      if (length <= places.at.length) return
      const wider = createPlaces(Math.max(length, places.at.length * 2))
      wider.at.set(places.at)
      wider.width.set(places.width)
      wider.bitAt.set(places.bitAt)
      places = wider
    },

    /** Renders a chunk anew. `ids` holds the labels of each of its slots, undefined for a free one. */
    build(index: number, ids: readonly (string | undefined)[]) {
      text.reset()
      for (let slot = index * chunkSlots; slot < (index + 1) * chunkSlots; slot++) {
        places.at[slot] = -1
        const room = rooms.room(slot)
        const id = ids[slot - index * chunkSlots]
        if (room === undefined || id === undefined) continue
        const number = family.value(rooms, slot)
        if (number < 0) continue
        const labels = family.ownLabels ? allLabels(id, room) : id
        const length = value.length - writeValue(value, number, family.inSeconds)
        const width = Math.max(family.width, length)
        text.putText(`${family.name}{${labels}} `)
        places.at[slot] = text.length()
        places.width[slot] = width
        text.putLine(value, value.length - width)
      }
      chunks[index] = { text: copyOf(text.bytes()), compressed: undefined, age: loans.age() }
    },

    /**
     * Brings the value of a slot up to date where its line stands; returns false where the line is
     * missing, superfluous or too narrow, so that the chunk must be built.
     */
    update(slot: number): boolean {
      const number = family.value(rooms, slot)
      const at = places.at[slot] ?? -1
      if (number < 0 || at < 0) return number < 0 && at < 0
      const length = value.length - writeValue(value, number, family.inSeconds)
      if (length > (places.width[slot] ?? 0)) return false
      const chunk = chunks[Math.floor(slot / chunkSlots)]
      if (chunk !== undefined) patch(chunk, places, slot, value, loans)
      return true
    },

    /** The chunk as part of a gzip member. */
    compressed(index: number) {
      const chunk = chunks[index]
      if (chunk === undefined) throw new RangeError(`no chunk ${String(index)}`)
      return compress(chunk, bits, places, index * chunkSlots, (index + 1) * chunkSlots)
    },
  }
}

/** See {@link createFamilyLines}. */
export type FamilyLines = ReturnType<typeof createFamilyLines>
