import { run, type Result, type Way } from './freshness-run.ts'
import { workloads } from './freshness-workloads.ts'

const ways: readonly Way[] = ['round robin', 'ours', 'omniscient']
const seed = 1

const print = (line: string) => process.stdout.write(`${line}\n`)
const row = (name: string, cells: readonly string[]) => {
  print(`${name.padEnd(14)}${cells.map((cell) => cell.padStart(11)).join('')}`)
}
const cellsOf = ({ meanDelay, p95Delay, worstAge, requests }: Result) => [
  meanDelay.toFixed(2),
  p95Delay.toFixed(1),
  worstAge.toFixed(1),
  requests.toFixed(2),
]

print('Delay from a change to its sight, in virtual time; seconds, and requests a second.')
for (const workload of workloads) {
  print('')
  print(workload.name)
  row('', ['mean', 'p95', 'worst age', 'requests'])
  const results = new Map(ways.map((way) => [way, run(workload, way, seed)]))
  for (const [way, result] of results) row(way, cellsOf(result))
  const mean = (way: Way) => results.get(way)?.meanDelay ?? NaN
  print(
    `ours is ${(mean('ours') / mean('omniscient')).toFixed(3)} × the omniscient delay, ` +
      `${(mean('round robin') / mean('ours')).toFixed(2)} × sooner than round robin`,
  )
}
