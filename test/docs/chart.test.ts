import { expect, test } from '@jest/globals'
import { countTicks, timeText, timeTicks } from './chart-scale.ts'
import { chartSvg, type Plot } from './chart-svg.ts'

const stepMs = 15_000
const lines = (...series: number[][]): Plot => ({
  title: 'Users <by> app',
  subtitle: 'sum & more',
  unit: 'users',
  style: 'lines',
  lines: series.map((values, index) => ({
    name: `app ${String(index)}`,
    color: `#00000${String(index)}`,
    points: values.map((value, n) => [n * stepMs, value] as const),
  })),
})

test('every series is a line with a name and its last value in the legend', () => {
  const svg = chartSvg('Users', [lines([1, 2, 3], [4, 4, 5])], stepMs)
  expect(svg.match(/stroke-width="2"/g)).toHaveLength(2)
  expect(svg).toContain('>app 0  3<')
  expect(svg).toContain('>app 1  5<')
})

test('a gap in the data is a gap in the picture', () => {
  const plot = lines([1, 2, 3])
  const apart = plot.lines.map((line) => ({
    ...line,
    points: [...line.points, [10 * stepMs, 3] as const],
  }))
  const svg = chartSvg('Users', [{ ...plot, lines: apart }], stepMs)
  expect(svg.match(/stroke-width="2"/g)).toHaveLength(2)
})

test('stacked series stand on each other, and the axis reaches the top of them', () => {
  const svg = chartSvg('Rooms', [{ ...lines([6, 6], [7, 7]), style: 'stacked' }], stepMs)
  expect(svg).toContain('>15<')
  expect(svg).not.toContain('>20<')
})

test('text is escaped, and there is no NaN even without data', () => {
  const svg = chartSvg('Users', [lines([1])], stepMs)
  expect(svg).toContain('Users &lt;by&gt; app')
  expect(svg).toContain('sum &amp; more')
  expect(svg + chartSvg('Users', [lines()], stepMs)).not.toMatch(/NaN|Infinity/)
  expect(chartSvg('Users', [lines([])], stepMs)).toContain('No data')
})

test('ticks are round numbers that cover the data', () => {
  expect(countTicks(1)).toEqual([0, 1])
  expect(countTicks(43)).toEqual([0, 10, 20, 30, 40, 50])
  expect(countTicks(0)).toEqual([0, 1])
  const start = Date.UTC(2026, 0, 1, 9, 58)
  expect(timeTicks(start, start + 3_600_000).map(timeText)).toEqual([
    ...['10:00', '10:10', '10:20', '10:30', '10:40', '10:50'],
  ])
  expect(timeText(start + 15_000)).toBe('09:58:15')
})
