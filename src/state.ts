import type { Fleet } from './fleet.ts'
import type { Logger } from './logger.ts'
import type { Clock } from './room.ts'
import { formatSnapshot } from './rooms/snapshot.ts'
import type { Left } from './rooms/state-file.ts'
import { openStateFile, replaceStateFile } from './rooms/state-file.ts'

/** Where the values outlive a restart, and what an earlier run left there. */
export interface StateSource {
  readonly path: string
  readonly left: Left
}

/** What the state file is kept from. */
export interface StateParts {
  readonly fleet: Fleet
  readonly log: Logger
  readonly clock: Clock
  /** Aborted when the program stops; the file is then written once more. */
  readonly signal: AbortSignal
}

/** From one write to the next, in milliseconds: so many for each room, within these bounds. */
const pauseMsPerRoom = 0.15
const shortestPauseMs = 2000
const longestPauseMs = 15_000

/** Reads the state file; in `problem` one line that says why it can be none. */
export async function openState(
  path: string,
  clock: Clock,
): Promise<StateSource | { readonly problem: string }> {
  try {
    return { path, left: await openStateFile(path, clock.now()) }
  } catch (error) {
    const why = textOf(error)
    return { problem: `the state file "${path}" cannot be used: ${why}, want a writable path` }
  }
}

/** Says in the log what became of the state file; `restored` rooms have their values back. */
export function logRestored({ path, left }: StateSource, restored: number, log: Logger): void {
  const { values, refused } = left
  if (refused)
    log.warn('state file refused, starting cold', {
      file: path,
      problem: refused.fault,
      kept_as: refused.keptAs,
    })
  else log.info('state restored', { file: path, rooms: restored, in_file: values.length })
}

/**
 * Keeps the state file up to date until `signal` aborts, and resolves when it was written for the
 * last time. A write that fails is tried again at the next one; the first in a row is logged.
 */
export async function keepState(
  path: string,
  { fleet, log, clock, signal }: StateParts,
): Promise<void> {
  let savedPolls = fleet.polls()
  let failures = 0

  async function save() {
    const polls = fleet.polls()
    if (polls === savedPolls) return
    try {
      await replaceStateFile(path, formatSnapshot(fleet.table.kept(), clock.now))
      savedPolls = polls
      if (failures > 0) log.info('state file written again', { file: path, failures })
      failures = 0
    } catch (error) {
      failures += 1
      if (failures === 1) log.warn('state file not written', { file: path, error: textOf(error) })
    }
  }

  for (let isLast = false; !isLast;) {
    const pauseMs = fleet.table.count() * pauseMsPerRoom
    await clock.sleep(Math.min(longestPauseMs, Math.max(shortestPauseMs, pauseMs)), signal)
    isLast = signal.aborted
    await save()
  }
}

const textOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error)
