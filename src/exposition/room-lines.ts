import type { Room } from '../room.ts'
import { createBitWriter } from './bits.ts'
import type { RoomSource } from './families.ts'
import { families, haveSameLines, idLabels } from './families.ts'
import { chunkSlots, createFamilyLines, createTools } from './family-lines.ts'
import type { Loans } from './loans.ts'
import { createPauses } from './pauses.ts'

/** The lines of all room families, kept rendered and brought up to date where something changed. */
export function createRoomLines(rooms: RoomSource, loans: Loans) {
  const tools = createTools(loans, createBitWriter())
  const lines = families.map((family) => createFamilyLines(family, rooms, tools))
  const varying = lines.filter(({ family }) => !family.isFixed)
  /** The room that each slot's lines show. */
  const shown: (Room | undefined)[] = []
  /** 1 for each chunk that must be built. */
  let isStale = new Uint8Array(0)
  let chunkCount = 0

  function reserve() {
    const wanted = Math.ceil(rooms.size() / chunkSlots)
    if (wanted <= chunkCount) return
    if (wanted > isStale.length) {
      const wider = new Uint8Array(wanted * 2)
      wider.set(isStale)
      isStale = wider
    }
    isStale.fill(1, chunkCount, wanted)
    chunkCount = wanted
    for (const family of lines) family.reserve(wanted)
  }

  function update(slot: number) {
    const chunk = Math.floor(slot / chunkSlots)
    const room = rooms.room(slot)
    if (isStale[chunk] === 1 || (room === undefined && shown[slot] === undefined)) return
    if (haveSameLines(shown[slot], room) && varying.every((family) => family.update(slot))) {
      shown[slot] = room
    } else {
      isStale[chunk] = 1
    }
  }

  /** All families at once: a room's users and invisible users must come from one poll. */
  function build(chunk: number) {
    isStale[chunk] = 0
    const first = chunk * chunkSlots
    const ids = Array.from({ length: chunkSlots }, (_, index) => {
      const room = rooms.room(first + index)
      shown[first + index] = room
      return room && idLabels(room)
    })
    for (const family of lines) family.build(chunk, ids)
  }

  return {
    lines,
    chunkCount: () => chunkCount,

    /** Brings all lines up to date with the rooms, a few milliseconds of work at a time. */
    async bringUpToDate() {
      const pauses = createPauses()
      const changed: number[] = []
      rooms.drainChanged((slot) => changed.push(slot))
      reserve()
      await pauses.take()
      for (const slot of changed) {
        update(slot)
        if (pauses.isDue()) await pauses.take()
      }
      for (let chunk = isStale.indexOf(1); chunk >= 0; chunk = isStale.indexOf(1, chunk + 1)) {
        build(chunk)
        if (pauses.isDue()) await pauses.take()
      }
    },

    /** Compresses what is not yet, a few milliseconds of work at a time. */
    async compressAll() {
      const pauses = createPauses()
      for (let chunk = 0; chunk < chunkCount; chunk++) {
        for (const family of lines) family.compressed(chunk)
        if (pauses.isDue()) await pauses.take()
      }
    },
  }
}
