import type { Room } from '../room.ts'

/** A secret as configured: the value itself, or the absolute path of the file that holds it. */
export type SecretSource = { readonly value: string } | { readonly file: string }

/** Where an account's keys come from. Files are read at use, by `createCredentialReader`. */
export interface CredentialSource {
  readonly accessKeyId: SecretSource
  readonly secretAccessKey: SecretSource
  readonly sessionToken?: SecretSource
}

/** One account of the vendor: one set of keys and one budget. */
export interface Account {
  readonly name: string
  /** Requests a second that may be spent on it, more than 0 and at most 40; may be a fraction. */
  readonly qps: number
  readonly credentials: CredentialSource
}

/** How the RTC API is reached. */
export interface Api {
  /** Scheme, host and port, without a trailing slash, as in `https://rtc.volcengineapi.com`. */
  readonly endpoint: string
  readonly region: string
  readonly version: string
  /** One request, from start to last byte, in milliseconds. */
  readonly timeoutMs: number
  /** How much the one-way delay may vary, in milliseconds. */
  readonly networkJitterMs: number
}

/** How often rooms are asked for, where a room does not say otherwise. */
export interface Polling {
  readonly intervalMs: number
  /** The configured `max_age` in milliseconds; absent where each room has its own default. */
  readonly maxAgeMs?: number
  readonly adaptive: boolean
  /** No room is asked for more often than this, in milliseconds. */
  readonly minIntervalMs: number
}

/** The `room_files` patterns, and the absolute directory that they are relative to. */
export interface RoomGlobs {
  readonly directory: string
  readonly patterns: readonly string[]
}

/** A whole, checked configuration: plain data that survives `structuredClone`. */
export interface Config {
  readonly api: Api
  readonly accounts: readonly Account[]
  readonly polling: Polling
  /** Every default filled in, `maxAgeMs` by the plan's rule. */
  readonly rooms: readonly Room[]
  /** Absolute paths of every file that was read: the main file, room files, secret files. */
  readonly files: readonly string[]
  readonly globs: RoomGlobs
}

/** Something to say about a place in a file. Never holds a secret. */
export interface Problem {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1, in UTF-16 code units. */
  readonly column: number
  /** What is, and what is wanted, on one line without a full stop. */
  readonly message: string
  readonly severity: 'error' | 'warning'
}

/** `file:line:column: message`, the form that editors and terminals make clickable. */
export function formatProblem({ file, line, column, message, severity }: Problem): string {
  const mark = severity === 'warning' ? 'warning: ' : ''
  return `${file}:${String(line)}:${String(column)}: ${mark}${message}`
}

/** One line per problem, at most `limit` of them, and a last line that counts the rest. */
export function formatProblems(problems: readonly Problem[], limit = 100): string[] {
  const lines = problems.slice(0, limit).map(formatProblem)
  const rest = problems.length - lines.length
  return rest > 0 ? [...lines, `… and ${String(rest)} more problems`] : lines
}
