import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort, run } from './start-process.ts'
import { root, startProgram } from './start-program.ts'
import type { Subject, Task } from './start-subjects.ts'
import { subjects } from './start-subjects.ts'

/*
 * What the built program takes before anybody asks anything of it: time to the first answer, memory
 * and processor time at rest, processor time a poll. `--starts=15`, `--seconds=20` of measuring at
 * rest and while polling, `--dist=FOLDER` another build, `--flags='…'` more of Node's flags to try.
 */

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '20' },
    dist: { type: 'string', default: join(root, 'dist') },
    flags: { type: 'string', multiple: true, default: [] },
  },
})
const main = join(values.dist, 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'bench-start-'))
const simulator = await startProgram([
  main,
  'simulate',
  '--listen=127.0.0.1:0',
  '--latency=5ms-5ms',
  '--rooms=200',
])
// Hot code is compiled anew for about half a minute at 40 polls a second.
const warmUpMs = 30_000
const measuredMs = Number(values.seconds) * 1000

/** 100 rooms that are asked once and then rest, or 200 that keep the budget busy. */
const atRest: Task = { endpoint: simulator.url, rooms: 100, interval: '1h' }
const polling: Task = { endpoint: simulator.url, rooms: 200, interval: '1s' }

async function start(subject: Subject, task: Task) {
  const port = await freePort()
  return run(subject.command(port, task), port)
}

async function arrivals(): Promise<number> {
  const response = await fetch(`${simulator.url}/simulator/summary`)
  return ((await response.json()) as { arrivals: number }).arrivals
}

const median = (numbers: readonly number[]) =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN

async function measureStarts(all: readonly Subject[]): Promise<ReadonlyMap<Subject, number>> {
  const times = new Map(all.map((subject): [Subject, number[]] => [subject, []]))
  for (let turn = 0; turn <= Number(values.starts); turn++) {
    for (const [subject, ofSubject] of times) {
      const running = await start(subject, atRest)
      if (turn > 0) ofSubject.push(running.firstAnswerMs)
      await running.end()
    }
  }
  return new Map([...times].map(([subject, ofSubject]) => [subject, median(ofSubject)]))
}

/** Memory in MB and share of one core, once the first sweep is over. */
async function measureRest(subject: Subject) {
  const running = await start(subject, atRest)
  await sleep(10_000)
  const before = running.cpuMs()
  await sleep(measuredMs)
  const share = (running.cpuMs() - before) / measuredMs
  const { nowMb } = running.memory()
  await running.end()
  return { nowMb, share }
}

/** Milliseconds of processor time a poll, once the code is warm, and the most memory ever. */
async function measurePolling(subject: Subject) {
  if (!subject.doesPoll) return { pollMs: Number.NaN, rate: Number.NaN, peakMb: Number.NaN }
  const running = await start(subject, polling)
  await sleep(warmUpMs)
  const [cpuBefore, countBefore] = [running.cpuMs(), await arrivals()]
  await sleep(measuredMs)
  const [cpu, count] = [running.cpuMs() - cpuBefore, (await arrivals()) - countBefore]
  const { peakMb } = running.memory()
  await running.end()
  return { pollMs: cpu / count, rate: (count * 1000) / measuredMs, peakMb }
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const fixed = (value: number, digits: number) => (Number.isNaN(value) ? '' : value.toFixed(digits))
const aim = (what: string, value: number, most: number) =>
  `- ${what}: ${value.toFixed(1)}, at most ${String(most)}: ${value <= most ? 'held' : 'MISSED'}`

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${String(cpus().length)} cores, `)
console.log(`Node.js ${process.version}, median of ${values.starts} starts\n`)
const all = subjects(main, folder, values.flags)
const starts = await measureStarts(all)
const headings = [
  ...['', 'first answer, ms', 'RSS at rest, MB', 'CPU at rest, %'],
  ...['CPU a poll, ms', 'polls a second', 'peak RSS, MB'],
]
console.log(line(headings))
console.log(line(headings.map(() => '---')))
const aims: string[] = []
for (const subject of all) {
  const startMs = starts.get(subject) ?? Number.NaN
  const { nowMb, share } = await measureRest(subject)
  const { pollMs, rate, peakMb } = await measurePolling(subject)
  const cells = [fixed(startMs, 0), fixed(nowMb, 0), fixed(100 * share, 2), fixed(pollMs, 2)]
  console.log(line([subject.name, ...cells, fixed(rate, 1), fixed(peakMb, 0)]))
  if (subject === all[0])
    aims.push(
      aim('first answer, ms', startMs, 150),
      aim('memory at rest, MB', nowMb, 65),
      aim('processor time a poll, ms', pollMs, 2.2),
    )
}
console.log(['', ...aims].join('\n'))
await simulator.end()
rmSync(folder, { recursive: true })
