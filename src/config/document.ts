import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { Document, YAMLError } from 'yaml'
import type { Problem } from './config.ts'

/** Keys and indexes from the top of a document down to a value. */
export type Path = readonly PropertyKey[]

/** Line and column, both counted from 1. */
export type Place = Pick<Problem, 'line' | 'column'>

/** A YAML file as plain data that still knows where each value stands. */
export interface Source {
  readonly file: string
  readonly value: unknown
  /** Where the value (or its key) at `path` stands; for what is not there, what should hold it. */
  placeOf(path: Path, of?: 'key' | 'value'): Place
  /** The value at `path` as written, for a plain or quoted scalar. */
  writtenAt(path: Path): string | undefined
}

/** Each alias looks through every anchor and alias: 10,000 take 0.1 s, 100,000 would take 10. */
const maxAliasCount = 10_000

const wantedFor: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second YAML document starts here, want one document in a file',
  TAB_AS_INDENT: 'a tab is used as indentation, want spaces',
}

/**
 * Reads YAML text. Without a `source` it could not be understood, and `problems` say why;
 * with one they hold what can be gone on from (a key that stands twice, an unknown tag).
 */
export function parseSource(file: string, text: string): { source?: Source; problems: Problem[] } {
  const placeAt = placesIn(text)
  const problem = (offset: number, message: string, severity: Problem['severity'] = 'error') => ({
    file,
    ...placeAt(offset),
    message,
    severity,
  })
  let document: Document.Parsed
  try {
    document = parseDocument(text, { prettyErrors: false, logLevel: 'error' })
  } catch {
    return { problems: [problem(0, 'the YAML cannot be read, want it nested less deeply')] }
  }
  const isTwice = (error: YAMLError) => error.code === 'DUPLICATE_KEY'
  const problems = document.errors.map((error) =>
    problem(error.pos[0], messageOf(error, text.slice(error.pos[0], error.pos[0] + 60))),
  )
  if (!document.errors.every(isTwice)) return { problems }
  for (const warning of document.warnings) {
    const message = 'the tag of this value is unknown, want quotes where a text starts with !'
    problems.push(problem(warning.pos[0], message, 'warning'))
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount })
    return { source: sourceOf(file, document, value, placeAt), problems }
  } catch {
    const at = danglingAlias(document)
    const message =
      at === undefined
        ? `the aliases cannot be followed, want at most ${String(maxAliasCount)} of them`
        : 'an alias without its anchor, want quotes where a text starts with *'
    return { problems: [...problems, problem(at ?? 0, message)] }
  }
}

/**
 * Line and column of an offset. The lines are counted at the first question, from the text: yaml's
 * LineCounter misses a line break that ends a malformed alias.
 */
function placesIn(text: string): (offset: number) => Place {
  let starts: number[] | undefined
  return (offset) => {
    starts ??= [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)]
    const inside = Math.min(offset, text.length)
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= inside) low = middle
      else high = middle
    }
    return { line: low + 1, column: inside - (starts[low] ?? 0) + 1 }
  }
}

function messageOf(error: YAMLError, written: string): string {
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[\w.-]+(?=\s*:)/.exec(written)?.[0]
    return `${key === undefined ? 'a key' : `the key "${key}"`} stands twice in this map, want it once`
  }
  const known = wantedFor[error.code]
  if (known !== undefined) return known
  // The parser's own words quote at most an escape sequence or a tag, and only these may be secret.
  const words = error.message.split(/[\n:]/, 1)[0] ?? ''
  return `not YAML: ${words.charAt(0).toLowerCase()}${words.slice(1)}, want this line or the one before corrected`
}

/** Offset of the first alias whose anchor does not stand before it. */
function danglingAlias(document: Document.Parsed): number | undefined {
  const anchors = new Set<string>()
  let found: number | undefined
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node) && !anchors.has(node.source)) found ??= node.range?.[0]
      if (!isAlias(node) && node.anchor !== undefined) anchors.add(node.anchor)
    },
  })
  return found
}

function sourceOf(
  file: string,
  document: Document.Parsed,
  value: unknown,
  placeAt: (offset: number) => Place,
): Source {
  // An alias is not followed: the place of its use is what the reader has to look at.
  const find = (path: Path) => {
    let node: unknown = document.contents
    let key: unknown = node
    for (const [depth, step] of path.entries()) {
      const entry = entryOf(node, step)
      if (entry === undefined) return { node, key, isThere: depth === path.length }
      ;({ node, key } = entry)
    }
    return { node, key, isThere: true }
  }
  return {
    file,
    value,
    placeOf: (path, of = 'value') => {
      const { node, key, isThere } = find(path)
      const wanted = of === 'key' && isThere ? key : node
      return placeAt(isNode(wanted) ? (wanted.range?.[0] ?? 0) : 0)
    },
    writtenAt: (path) => {
      const { node, isThere } = find(path)
      return isThere && isScalar(node) ? node.source : undefined
    },
  }
}

function entryOf(node: unknown, step: PropertyKey): { node: unknown; key: unknown } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)]
    return item === undefined ? undefined : { node: item, key: item }
  }
  if (!isMap(node)) return undefined
  // The last one of two equal keys is the one whose value counts.
  const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === step)
  return pair && { node: pair.value ?? pair.key, key: pair.key }
}
