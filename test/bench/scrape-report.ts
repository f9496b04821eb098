import type { Sample } from './scrape-client.ts'
import { quantile, residentMb } from './scrape-client.ts'

/** The scrapes of one server in one encoding, with rooms changing in one order. */
export interface Series {
  readonly name: string
  readonly order: string
  readonly encoding: string
  readonly samples: Sample[]
  /** Longest delay of the server's event loop in each scrape, in milliseconds; empty where it has none. */
  readonly stalls: number[]
}

/** A server and what was measured of it. */
export interface Measured {
  readonly name: string
  readonly program: { readonly pid: number }
  /** The first scrape of all. */
  readonly cold: Sample
  readonly series: readonly Series[]
  /** Longest delays of the event loop without a scrape, in milliseconds; what the machine does. */
  readonly restStalls: readonly number[]
}

/** How much of another server's time ours may take. */
interface Target {
  readonly order: string
  readonly encoding: string
  readonly other: string
  readonly most: number
}

const manyRooms: readonly Target[] = [
  { order: 'list', encoding: 'gzip', other: 'client_golang', most: 1 / 150 },
  { order: 'list', encoding: 'gzip', other: 'kube_state', most: 1 / 20 },
  { order: 'list', encoding: 'identity', other: 'client_golang', most: 1 / 80 },
  { order: 'list', encoding: 'identity', other: 'kube_state', most: 1 / 3 },
  { order: 'list', encoding: 'identity', other: 'floor', most: 3 },
  { order: 'scattered', encoding: 'gzip', other: 'client_golang', most: 1 / 20 },
  { order: 'scattered', encoding: 'gzip', other: 'kube_state', most: 1 / 2 },
  { order: 'scattered', encoding: 'identity', other: 'client_golang', most: 1 / 40 },
]
const fewRooms: readonly Target[] = ['identity', 'gzip'].map((encoding) => ({
  order: 'scattered',
  encoding,
  other: 'client_golang',
  most: 0.35,
}))

const cells = (...texts: readonly string[]) => `| ${texts.join(' | ')} |`
const fixed = (value: number, digits = 1) => (Number.isNaN(value) ? '' : value.toFixed(digits))
const median = ({ samples }: Series, pick: (sample: Sample) => number) =>
  quantile(samples.map(pick), 0.5)

function row(server: Measured, series: Series): string {
  const of = (pick: (sample: Sample) => number) => series.samples.map(pick)
  const mean = (numbers: readonly number[]) =>
    numbers.reduce((sum, number) => sum + number, 0) / numbers.length
  const { stalls } = series
  return cells(
    `${server.name}, ${series.order}`,
    series.encoding,
    fixed(
      median(series, ({ ms }) => ms),
      2,
    ),
    fixed(
      quantile(
        of(({ ms }) => ms),
        0.99,
      ),
    ),
    fixed(mean(of(({ cpuMs }) => cpuMs))),
    fixed(mean(of(({ bytes }) => bytes)) / 1e6, 2),
    fixed(residentMb(server.program.pid), 0),
    fixed(quantile(stalls, 0.99)),
    fixed(quantile(stalls, 1)),
  )
}

function verdicts(all: readonly Series[], targets: readonly Target[]): string[] {
  const find = (name: string, encoding: string, order?: string) =>
    all.find(
      (series) =>
        series.name === name &&
        series.encoding === encoding &&
        (order === undefined || series.order === order),
    )
  return targets.flatMap(({ order, encoding, other, most }) => {
    const [ours, theirs] = [find('ours', encoding, order), find(other, encoding)]
    if (ours === undefined || theirs === undefined) return []
    const ratioOf = (pick: (sample: Sample) => number) => median(ours, pick) / median(theirs, pick)
    const ratio = ratioOf(({ ms }) => ms)
    const say = (value: number) => (value < 1 ? `1/${fixed(1 / value)}` : fixed(value, 2))
    const verdict = ratio <= most ? 'held' : 'MISSED'
    return [`- ${order}, ${encoding}: ${say(ratio)} of ${other}, at most ${say(most)}: ${verdict}`]
  })
}

/** The table for one number of rooms, and what became of the targets, as Markdown. */
export function report(rooms: number, servers: readonly Measured[]): string {
  const ours = servers.find(({ name }) => name === 'ours')
  const peer = servers.find(({ name }) => name === 'client_golang')
  const memory =
    ours && peer ? residentMb(ours.program.pid) / residentMb(peer.program.pid) : Number.NaN
  return [
    `\n### ${rooms.toLocaleString('en')} rooms\n`,
    cells(
      ...['server, changes', 'encoding', 'p50 ms', 'p99 ms', 'CPU ms', 'MB', 'RSS MB'],
      ...['stall p99 ms', 'longest'],
    ),
    cells(...Array.from({ length: 9 }, () => '---')),
    ...servers.flatMap((server) => server.series.map((series) => row(server, series))),
    '',
    ...verdicts(
      servers.flatMap(({ series }) => series),
      rooms >= 100_000 ? manyRooms : rooms <= 1000 ? fewRooms : [],
    ),
    `- stall without a scrape: p99 ${fixed(quantile(ours?.restStalls ?? [], 0.99))} ms, ` +
      `longest ${fixed(Math.max(...(ours?.restStalls ?? [])))} ms`,
    `- first scrape of all: ${fixed(ours?.cold.ms ?? Number.NaN, 0)} ms, ` +
      `longest stall ${fixed(ours?.cold.stallMs ?? Number.NaN)} ms`,
    ...(Number.isNaN(memory) ? [] : [`- resident memory: ${fixed(memory, 2)} of client_golang`]),
  ].join('\n')
}
