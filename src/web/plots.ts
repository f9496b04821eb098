import { failurePlot } from './failure-plot.ts'
import { formatRate, formatSpan } from './format.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import type { PlotText } from './plot-frame.ts'
import { height, plotFrame, roundUp, shownMs, twoDigits, width } from './plot-frame.ts'
import type { Sample, Status } from './view.ts'

interface Line {
  readonly name: 'value' | 'limit'
  readonly valueOf: (sample: Sample) => number | undefined
}

interface Plot extends PlotText {
  readonly lines: readonly Line[]
  readonly format: (value: number) => string
}

const xOf = (ms: number, nowMs: number) => twoDigits(width * (1 - (nowMs - ms) / shownMs))

/** The runs of neighbouring points; where nothing was measured the line is broken. */
function runsOf(samples: readonly Sample[], { valueOf }: Line, top: number, nowMs: number) {
  const runs: (readonly [number, number])[][] = [[]]
  for (const sample of samples) {
    const value = valueOf(sample)
    if (value === undefined) runs.push([])
    else runs.at(-1)?.push([xOf(sample.endMs, nowMs), twoDigits(height * (1 - value / top))])
  }
  return runs.filter((run) => run.length > 0)
}

function lineOf(samples: readonly Sample[], line: Line, top: number, nowMs: number): Html[] {
  return runsOf(samples, line, top, nowMs).map((run) => {
    const path = run.map(([x, y]) => `${String(x)} ${String(y)}`).join('L')
    const [start = 0, end = 0] = [run[0]?.[0], run.at(-1)?.[0]]
    return html`${line.name === 'value' && html`<path class="area" d="M${start} ${height}L${path}L${end} ${height}z" />`}<path
        class="${line.name}"
        d="M${path}"
      />`
  })
}

function linePlot(plot: Plot, samples: readonly Sample[], nowMs: number): Html {
  const values = plot.lines.flatMap(({ valueOf }) => samples.map((sample) => valueOf(sample) ?? 0))
  const top = roundUp(Math.max(...values, 0) * 1.05)
  const isEmpty = samples.length === 0
  const lines = plot.lines.map((line) => lineOf(samples, line, top, nowMs))
  return plotFrame(plot, isEmpty ? 'measuring …' : plot.format(top), html`${lines}`)
}

const inSeconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000)
const spanOfSeconds = (seconds: number) => formatSpan(seconds * 1000)

/** The last quarter of an hour in four small plots. */
export function plots(status: Status, nowMs: number): Html {
  const { samples, accounts } = status
  const last = samples.at(-1)
  const budget = accounts.reduce((sum, { budgetQps }) => sum + budgetQps, 0)
  const used = last ? (last.requests * 1000) / last.spanMs : undefined
  const oldestAgeMs = status.oldestSuccessMs === undefined ? NaN : nowMs - status.oldestSuccessMs
  const all: readonly Plot[] = [
    {
      id: 'requests',
      title: 'Requests a second',
      now: used === undefined ? '–' : formatRate(used),
      beside: `of ${formatRate(budget)} allowed`,
      format: formatRate,
      lines: [
        { name: 'limit', valueOf: ({ budgetQps }) => budgetQps },
        { name: 'value', valueOf: ({ requests, spanMs }) => (requests * 1000) / spanMs },
      ],
    },
    {
      id: 'sweep',
      title: 'Sweep of all rooms',
      now: status.sweepMs === undefined ? '–' : formatSpan(status.sweepMs),
      beside: `at full speed ${formatSpan(status.plannedSweepMs)}`,
      format: spanOfSeconds,
      lines: [{ name: 'value', valueOf: ({ sweepMs }) => inSeconds(sweepMs) }],
    },
    {
      id: 'age',
      title: 'Oldest value',
      now: formatSpan(oldestAgeMs),
      beside: `predicted at most ${formatSpan(status.predictedAgeMs)}`,
      format: spanOfSeconds,
      lines: [
        { name: 'limit', valueOf: () => status.predictedAgeMs / 1000 },
        { name: 'value', valueOf: ({ oldestAgeMs: age }) => inSeconds(age) },
      ],
    },
  ]
  return html`${all.map((plot) => linePlot(plot, samples, nowMs))}${failurePlot(samples, nowMs)}`
}
