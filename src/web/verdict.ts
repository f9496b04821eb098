import { counted, formatCount, formatRoughly } from './format.ts'
import type { Listing } from './listing.ts'
import { stateOf } from './room-state.ts'
import type { Status, View } from './view.ts'

/** The state of things, the worst of it first. */
export interface Verdict {
  /** `bad` values are missing, `warn` something is wrong, `busy` at the start, `good`. */
  readonly level: 'bad' | 'warn' | 'busy' | 'good'
  readonly text: string
  /** What else is wrong. */
  readonly also: readonly string[]
}

type Trouble = Omit<Verdict, 'also'>

/** The reason that most of the rooms in trouble have, and since when. */
function mainReason({ rooms, history }: View, wanted: 'stale' | 'failing') {
  const reasons = new Map<string, { count: number; sinceMs: number }>()
  for (let slot = 0; slot < rooms.size(); slot++) {
    const sinceMs = history.failingSinceMs(slot)
    const failure = sinceMs === undefined ? undefined : history.lastFailure(slot)?.reading
    if (sinceMs === undefined || failure?.kind !== 'failed' || !rooms.room(slot)) continue
    if (stateOf(rooms, slot) !== wanted) continue
    const { reason } = failure.failure
    const known = reasons.get(reason) ?? { count: 0, sinceMs }
    reasons.set(reason, {
      count: known.count + 1,
      sinceMs: Math.min(known.sinceMs, sinceMs),
    })
  }
  return [...reasons].sort(([, a], [, b]) => b.count - a.count)[0]
}

function because(view: View, state: 'stale' | 'failing'): string {
  const main = mainReason(view, state)
  if (main === undefined) return ''
  const [reason, { sinceMs }] = main
  return `: ‘${reason}’ for ${formatRoughly(view.clock.now() - sinceMs)}`
}

function firstSweepText({ polled, rooms, leftMs }: NonNullable<Status['firstSweep']>): string {
  const done = `first sweep: ${formatCount(polled)} of ${counted(rooms, 'room')}`
  return leftMs === undefined ? done : `${done}, about ${formatRoughly(leftMs)} to go`
}

/** What to tell somebody who looks for five seconds. */
export function verdictOf(view: View, status: Status, listing: Listing): Verdict {
  const { states, total } = listing
  const refused = status.accounts.filter(({ isCircuitOpen }) => isCircuitOpen)
  const trouble: Trouble[] = []
  if (refused.length > 0) {
    const names = refused.map(({ account }) => account).join(', ')
    trouble.push({ level: 'bad', text: `the API refuses the keys of account ${names}` })
  }
  if (states.stale > 0) {
    const text = `${counted(states.stale, 'room')} stale${because(view, 'stale')}`
    trouble.push({ level: 'bad', text })
  }
  if (!status.configReload.succeeded)
    trouble.push({ level: 'warn', text: 'the configuration is invalid, the last good one stays' })
  if (status.firstSweep) trouble.push({ level: 'busy', text: firstSweepText(status.firstSweep) })
  if (states.failing > 0) {
    const text = `${counted(states.failing, 'room')} failing${because(view, 'failing')}, values still good`
    trouble.push({ level: 'warn', text })
  }
  const [worst, ...rest] = trouble
  if (worst) return { ...worst, also: rest.map(({ text }) => text) }
  if (total === 0) return { level: 'warn', text: 'no room is configured', also: [] }
  const text = total === 1 ? 'the room is fresh' : `all ${counted(total, 'room')} fresh`
  return { level: 'good', text, also: [] }
}
