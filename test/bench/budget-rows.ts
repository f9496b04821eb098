import { setTimeout as sleep } from 'node:timers/promises'
import type { Program } from './start-program.ts'

/** The exporter of a row, as what disturbs it sees it. */
export interface Subject {
  /** The process that runs now. */
  readonly exporter: () => Program
  /** `kill -9`, and at once another one. */
  readonly restart: () => Promise<void>
  /** Writes a configuration that differs from the one before, and reloads it. */
  readonly reload: () => void
  readonly seconds: number
  /** Aborts when the row is over. */
  readonly signal: AbortSignal
}

/** Conditions under which the limit has to hold. */
export interface Row {
  readonly name: string
  readonly networkJitterMs: number
  /** How long an answer takes, as the simulator's flag says it. */
  readonly latency: string
  readonly rooms: number
  /** Longest one-way delay of the relay before the simulator; none without it. */
  readonly longestDelayMs?: number
  /** A module that the exporter's process runs besides. */
  readonly preload?: string
  /** What happens to the exporter meanwhile. */
  readonly disturb?: (subject: Subject) => Promise<void>
  /** Whether the rate has to come near what the jitter leaves. */
  readonly isRateDue?: true
}

const usual = { networkJitterMs: 20, latency: '5ms-5ms', rooms: 500 }

/** Runs `action` every so many milliseconds until the row is over. */
async function every(ms: number, { signal }: Subject, action: () => Promise<void> | void) {
  for (;;) {
    await sleep(ms, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    await action()
  }
}

/** Ten seconds, or half of a shorter row. */
const nowAndThenMs = ({ seconds }: Subject) => Math.min(10, seconds / 2) * 1000

const stall = `setInterval(() => {
  const end = performance.now() + 300
  while (performance.now() < end);
}, 2000)`

async function scrape({ url }: Program, encoding: string) {
  const response = await fetch(`${url}/metrics`, { headers: { 'accept-encoding': encoding } })
  const text = await response.text()
  if (!text.includes('rtc_exporter_rooms')) throw new Error('that is no scrape')
}

/** Every row of the table. */
export const rows: readonly Row[] = [
  { ...usual, name: 'quiet', isRateDue: true },
  { ...usual, name: 'quiet, `network_jitter: 10ms`', networkJitterMs: 10, isRateDue: true },
  { ...usual, name: 'answers take 20–120 ms', latency: '20ms-120ms', isRateDue: true },
  {
    ...usual,
    name: 'one-way delay 0–50 ms at random, `network_jitter: 55ms`',
    networkJitterMs: 55,
    longestDelayMs: 50,
  },
  {
    ...usual,
    name: 'event loop stalls 300 ms every 2 s',
    preload: stall,
  },
  {
    ...usual,
    name: '20,000 rooms, scraped every second',
    rooms: 20_000,
    async disturb(subject) {
      let count = 0
      await every(1000, subject, () =>
        scrape(subject.exporter(), count++ % 2 === 0 ? 'identity' : 'gzip'),
      )
    },
  },
  {
    ...usual,
    name: 'SIGSTOP for 3 s, then SIGCONT, every 10 s',
    disturb: (subject) =>
      every(Math.max(1000, nowAndThenMs(subject) - 3000), subject, async () => {
        subject.exporter().signal('SIGSTOP')
        await sleep(3000)
        subject.exporter().signal('SIGCONT')
      }),
  },
  {
    ...usual,
    name: '`kill -9` and start at once, every 10 s',
    disturb: (subject) => every(nowAndThenMs(subject), subject, subject.restart),
  },
  {
    ...usual,
    name: 'reload of a changed file every 2 s',
    disturb: (subject) => every(2000, subject, subject.reload),
  },
]
