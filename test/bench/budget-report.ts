import type { Arrival } from '../../src/simulator/arrivals.ts'
import { meanRate, worstSecond } from '../../src/simulator/second.ts'
import type { Row } from './budget-rows.ts'

/** What the simulator saw of one row. */
export interface Seen {
  readonly row: Row
  /** When each request had been written, by another clock than the arrivals', in milliseconds. */
  readonly writtenMs: readonly number[]
  /** Whether every request is among those written: nobody was killed before it could say so. */
  readonly isWhole: boolean
  readonly arrivals: readonly Arrival[]
}

const limit = 40

/** A gap between arrivals over this, in milliseconds, means that the exporter did not run. */
const standstillMs = 500

const headings = [
  ...['', 'sent', 'arrived', 'a second', 'while running', 'most in any second, sent / arrived'],
  ...['delay varied by, ms', 'throttled', 'verdict'],
]

/** Rate without the gaps in which nothing ran. */
function runningRate(times: readonly number[]): number {
  let count = 0
  let spanMs = 0
  times.forEach((time, index) => {
    const gapMs = time - (times[index - 1] ?? -Infinity)
    if (gapMs > standstillMs) return
    count++
    spanMs += gapMs
  })
  return (1000 * count) / spanMs
}

/** How much the one-way delay varied at least: the n-th to be written is taken for the n-th to arrive. */
function delayVariation(writtenMs: readonly number[], times: readonly number[]): number {
  const delays = times
    .slice(0, writtenMs.length)
    .map((time, index) => time - (writtenMs[index] ?? NaN))
  return Math.max(...delays) - Math.min(...delays)
}

/** The least rate that passes: 99 % of what the jitter leaves; 0 where any will do. */
const leastRate = ({ isRateDue, networkJitterMs }: Row) =>
  isRateDue ? (0.99 * limit) / (1 + networkJitterMs / 1000) : 0

/** One row of the table, and whether it keeps the limit and the rate. */
export function judge({ row, writtenMs, isWhole, arrivals }: Seen) {
  const times = arrivals.map(({ atMs }) => atMs)
  const throttled = arrivals.filter(({ verdict }) => verdict.includes('LimitExceeded')).length
  const rate = meanRate(times)
  const isOverLimit = worstSecond(times) > limit || throttled > 0
  const isSlow = rate < leastRate(row)
  const others = arrivals.filter(({ verdict }) => verdict !== 'ok').length - throttled
  const verdict = isOverLimit ? '**over the limit**' : isSlow ? '**too slow**' : 'pass'
  const cells = [
    row.name,
    String(writtenMs.length),
    String(times.length),
    rate.toFixed(2),
    runningRate(times).toFixed(2),
    `${String(worstSecond(writtenMs))} / ${String(worstSecond(times))}`,
    isWhole ? delayVariation(writtenMs, times).toFixed(0) : '',
    String(throttled),
    others === 0 ? verdict : `${verdict}, ${String(others)} refused`,
  ]
  return { line: line(cells), isOverLimit, isSlow }
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** The first two lines of the table. */
export const tableHead = [line(headings), line(headings.map(() => '---'))].join('\n')
