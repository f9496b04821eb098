/** Why a request or a connection was turned away. */
export type RefusalReason =
  'no credentials' | 'wrong credentials' | 'too many checks' | 'rate limit' | 'tls handshake'

/** What refusals need of the log and of the clock. */
export interface RefusalParts {
  readonly log: {
    warn(message: string, fields: Readonly<Record<string, string | number>>): void
  }
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
}

const windowMs = 60_000

/** Beyond so many addresses and reasons a minute they are counted together. */
const kindLimit = 20

/**
 * Logs what was refused: the first time at once, further ones of the same reason and address as one
 * line a minute with their count. Names and passwords are left out: people mix them up.
 */
export function createRefusals({ log, sleep, signal }: RefusalParts) {
  const counts = new Map<string, number>()

  async function follow(kind: string, fields: { reason: RefusalReason; remote: string }) {
    log.warn('refused', fields)
    counts.set(kind, 0)
    for (let count = 1; count > 0 && !signal.aborted;) {
      await sleep(windowMs, signal)
      count = counts.get(kind) ?? 0
      counts.set(kind, 0)
      if (count > 0) log.warn('refused again', { ...fields, count, seconds: windowMs / 1000 })
    }
    counts.delete(kind)
  }

  return function refused(reason: RefusalReason, address: string | undefined): void {
    const isFull = counts.size >= kindLimit && !counts.has(`${reason} ${address ?? 'unknown'}`)
    const remote = isFull ? 'others' : (address ?? 'unknown')
    const kind = `${reason} ${remote}`
    const count = counts.get(kind)
    if (count === undefined) void follow(kind, { reason, remote })
    else counts.set(kind, count + 1)
  }
}
