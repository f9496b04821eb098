import { pino } from 'pino'

/** How much is logged. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const
/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number]

/** One line of JSON, or of `key=value` pairs. */
export const logFormats = ['logfmt', 'json'] as const
/** One of {@link logFormats}. */
export type LogFormat = (typeof logFormats)[number]

/** Data beside a message. No secret and no user id is ever handed to the log. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>

/** Writes a static message with fields beside it. */
export interface Logger {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
}

const plain = /^[^\s"=\\\p{Cc}]+$/u

/** One line of logfmt, as Prometheus writes it: values are quoted where they need to be. */
export function formatLogfmt(fields: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(fields).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return `${key}=${plain.test(text) ? text : JSON.stringify(text)}`
  })
  return pairs.join(' ')
}

/** A logger that hands each line, with its line feed, to `write`. */
export function createLogger(
  { level, format }: { level: LogLevel; format: LogFormat },
  write: (line: string) => void,
): Logger {
  const toLogfmt = (line: string) => {
    const { ts, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
    write(`${formatLogfmt({ ts, level, msg, ...fields })}\n`)
  }
  const logger = pino(
    {
      level,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
    },
    { write: format === 'json' ? write : toLogfmt },
  )
  const to =
    (name: LogLevel) =>
    (message: string, fields: Fields = {}) => {
      logger[name](fields, message)
    }
  return { debug: to('debug'), info: to('info'), warn: to('warn'), error: to('error') }
}
