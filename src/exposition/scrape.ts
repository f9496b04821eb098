import { setImmediate } from 'node:timers/promises'
import { inRounds } from '../rounds.ts'
import type { Compressed } from './chunk.ts'
import type { RoomSource } from './families.ts'
import { introduction } from './families.ts'
import { compressText, gzipMember } from './gzip.ts'
import { createLoans } from './loans.ts'
import { createRoomLines } from './room-lines.ts'

/** The bytes of one answer, borrowed: they stay as they are until `release` is called. */
export interface Body {
  /** Bytes of all parts. */
  readonly length: number
  readonly parts: readonly Buffer[]
  /** Must be called once the parts are not read any more; again has no effect. */
  readonly release: () => void
}

/** What a scraper asked for. */
export interface Wanted {
  readonly gzip: boolean
  /** Only these families; undefined for all. */
  readonly names?: ReadonlySet<string> | undefined
}

/** Renders `/metrics`; see {@link createScrape}. */
export interface Scrape {
  readonly render: (wanted: Wanted) => Promise<Body>
}

/** A text, or only the parts of it that an encoding needs. */
interface Collected {
  readonly texts: Buffer[]
  readonly compressed: Compressed[]
  size: number
}

/**
 * The whole text of `/metrics`, format 0.0.4: the exporter's own metrics, then the room families.
 * `ownMetrics` gives the former as text, of the named families only where names are given.
 *
 * Room lines are kept rendered and compressed; a scrape brings up to date what changed since the
 * last and joins the rest. Scrapes that come together share this work; none gets less than what
 * was true when it came.
 */
export function createScrape(parts: {
  readonly rooms: RoomSource
  readonly ownMetrics: (names?: ReadonlySet<string>) => Promise<string>
}): Scrape {
  const loans = createLoans()
  const rooms = createRoomLines(parts.rooms, loans)
  const introductions = rooms.lines.map(({ family }) => {
    const text = Buffer.from(introduction(family))
    return { text, compressed: compressText(text) }
  })
  let keepsGzip = false
  const allOwnText = inRounds(() => parts.ownMetrics())

  // Whoever waits for a round assembles its body before the next, from lines that nothing changes.
  const linesUpToDate = inRounds(async () => {
    await rooms.bringUpToDate()
    // Assembling and sending take some milliseconds more, in a turn of their own.
    await setImmediate()
    if (keepsGzip) await rooms.compressAll()
  })

  function collect(own: string, { gzip, names }: Wanted): Collected {
    const body: Collected = { texts: [], compressed: [], size: 0 }
    const add = (text: Buffer, compressed: () => Compressed) => {
      if (text.length === 0) return
      body.size += text.length
      if (gzip) body.compressed.push(compressed())
      else body.texts.push(text)
    }
    const ownText = Buffer.from(own)
    add(ownText, () => compressText(ownText))
    for (const [index, lines] of rooms.lines.entries()) {
      const first = introductions[index]
      if (first === undefined || names?.has(lines.family.name) === false) continue
      add(first.text, () => first.compressed)
      for (const [chunk, { text }] of lines.chunks.entries())
        add(text, () => lines.compressed(chunk))
    }
    return body
  }

  return {
    async render(wanted) {
      const { gzip, names } = wanted
      const own = await (names === undefined ? allOwnText() : parts.ownMetrics(names))
      if (gzip) keepsGzip = true
      await linesUpToDate()
      const { texts, compressed, size } = collect(own, wanted)
      const bytes = gzip ? gzipMember(compressed, size) : texts
      return {
        length: gzip ? bytes.reduce((sum, { length }) => sum + length, 0) : size,
        parts: bytes,
        release: loans.lend(),
      }
    },
  }
}
