import type { z } from 'zod'
import type { Problem } from './config.ts'
import type { Path, Source } from './document.ts'
import { suggestion } from './nearest.ts'

/** Gathers what is to be said about the files; nothing stops at the first problem. */
export interface Report {
  /** Says that a file is next, which is the order in which problems are given. */
  begin(file: string): void
  error(source: Source, path: Path, message: string, of?: 'key' | 'value'): void
  warning(source: Source, path: Path, message: string, of?: 'key' | 'value'): void
  add(problems: readonly Problem[]): void
  /** Errors so far, in the order of the files and of the lines in them. */
  errors(): Problem[]
  /** Warnings so far, in the same order. */
  warnings(): Problem[]
}

/** An empty report. */
export function createReport(): Report {
  const problems: Problem[] = []
  const files = new Map<string, number>()
  const say =
    (severity: Problem['severity']): Report['error'] =>
    (source, path, message, of) => {
      problems.push({ file: source.file, ...source.placeOf(path, of), message, severity })
    }
  const sorted = (severity: Problem['severity']) => {
    const rank = ({ file }: Problem) => files.get(file) ?? 0
    return problems
      .filter((problem) => problem.severity === severity)
      .sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column)
  }
  return {
    begin: (file) => {
      files.set(file, files.size)
    },
    error: say('error'),
    warning: say('warning'),
    add: (more) => {
      for (const problem of more) problems.push(problem)
    },
    errors: () => sorted('error'),
    warnings: () => sorted('warning'),
  }
}

/** The schema's output for the value at `path`, or undefined after reporting what is wrong. */
export function check<T>(
  schema: z.ZodType<T>,
  source: Source,
  path: Path,
  value: unknown,
  report: Report,
): T | undefined {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) {
    const place = [...path, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      const known = knownKeys(schema)
      for (const key of issue.keys) {
        const message = `unknown key ${quote(key)}, ${suggestion(key, known)}`
        report.error(source, [...place, key], message, 'key')
      }
    } else if (issue.code === 'invalid_key') {
      const message = `label name ${quote(String(issue.path.at(-1)))} cannot be used, ${issue.issues[0]?.message ?? ''}`
      report.error(source, place, message, 'key')
    } else {
      const inner = valueAt(value, issue.path)
      report.error(source, place, sentence(place, inner, source.writtenAt(place), issue.message))
    }
  }
  return undefined
}

/** What the schema makes of a map without its faulty keys, if that is enough for it. */
export function salvage<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  if (!(value instanceof Object)) return undefined
  const issues = schema.safeParse(value).error?.issues ?? []
  const faulty = new Set(
    issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys : issue.path.slice(0, 1).map(String),
    ),
  )
  const rest = Object.entries(value).filter(([key]) => !faulty.has(key))
  return schema.safeParse(Object.fromEntries(rest)).data
}

/** What a schema says when a text was wanted and YAML made something else of it. */
export const quoteIt = 'quote it'

function sentence(path: Path, value: unknown, written: string | undefined, wanted: string) {
  const name = nameOf(path)
  if (wanted !== quoteIt) return `${name} is ${describe(path, value, written)}, ${wanted}`
  const kind = value instanceof Date ? 'date' : typeof value
  if (isSecret(path)) return `${name} is a ${kind} to YAML, ${quoteIt}`
  const was = written ?? String(value)
  const became = value === null ? 'nothing' : `the ${kind} ${shown(value)}`
  return `${name} ${was} is ${became} to YAML, ${quoteIt}: ${quote(was)}`
}

/** Keys of the strict object that stands, perhaps under a transform, in a schema. */
function knownKeys(schema: z.ZodType): string[] {
  const inner = 'in' in schema ? schema.in : schema
  const shape = inner instanceof Object && 'shape' in inner ? inner.shape : {}
  return Object.keys(shape instanceof Object ? shape : {})
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      inner instanceof Object ? Object.getOwnPropertyDescriptor(inner, step)?.value : undefined,
    value,
  )
}

function nameOf(path: Path): string {
  const last = path.at(-1)
  const parent = path.at(-2)
  if (last === undefined) return 'the file'
  if (typeof last !== 'string')
    return `an item of ${parent === undefined ? 'the list' : String(parent)}`
  return parent === 'labels' ? `labels.${last}` : last
}

function isSecret(path: Path): boolean {
  return path[0] === 'accounts' && path.at(-1) !== 'name' && path.at(-1) !== 'qps'
}

/** What stands there, in words, on one line; secrets are left out. */
function describe(path: Path, value: unknown, written: string | undefined): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'empty'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (isSecret(path)) return `a ${typeof value}`
  if (typeof value === 'string') return quote(withoutLogin(value))
  if (value instanceof Object && !(value instanceof Date)) return 'a map'
  return `the ${value instanceof Date ? 'date' : typeof value} ${written ?? shown(value)}`
}

const withoutLogin = (text: string) => text.replace(/\/\/[^/]*@/, '//<secret>@')

const shown = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value))

/** A text in double quotes on one line, cut after 60 characters, odd characters escaped. */
export function quote(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 59)}…` : text
  return JSON.stringify(cut).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (odd) => `\\u{${(odd.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
