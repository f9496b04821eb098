import type { FailureReason } from '../room.ts'
import { failureReasons } from '../room.ts'
import { formatCount } from './format.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import { height, plotFrame, roundUp, twoDigits, width } from './plot-frame.ts'
import type { Sample } from './view.ts'

/** Failures of each of the last 15 minutes, the last one at the end, and the reasons by frequency. */
function failuresByMinute(samples: readonly Sample[], nowMs: number) {
  const minutes = Array.from({ length: 15 }, () => new Map<FailureReason, number>())
  const totals = new Map<FailureReason, number>()
  for (const { failures, endMs } of samples) {
    const minute = minutes[14 - Math.floor((nowMs - endMs) / 60_000)]
    for (const reason of failureReasons) {
      const count = failures[reason] ?? 0
      if (count === 0) continue
      minute?.set(reason, (minute.get(reason) ?? 0) + count)
      totals.set(reason, (totals.get(reason) ?? 0) + count)
    }
  }
  return { minutes, reasons: [...totals].sort(([, a], [, b]) => b - a) }
}

/** Failed requests of the last quarter of an hour as bars, by reason. */
export function failurePlot(samples: readonly Sample[], nowMs: number): Html {
  const { minutes, reasons } = failuresByMinute(samples, nowMs)
  const sum = (minute: ReadonlyMap<string, number>) =>
    [...minute.values()].reduce((a, b) => a + b, 0)
  const top = roundUp(Math.max(...minutes.map(sum), 1))
  const step = width / minutes.length
  const bars = minutes.map((minute, index) => {
    let y = height
    return reasons.map(([reason], at) => {
      const count = minute.get(reason) ?? 0
      if (count === 0) return ''
      const tall = twoDigits((height * count) / top)
      y = twoDigits(y - tall)
      return html`<rect
        class="bar b${Math.min(at, 3)}"
        x="${twoDigits(index * step + 2)}"
        y="${y}"
        width="${twoDigits(step - 4)}"
        height="${tall}"
        ><title>${reason}: ${count}</title></rect
      >`
    })
  })
  const legend = reasons.map(
    ([reason, count], at) =>
      html`<span class="reason"
        ><svg class="swatch" viewBox="0 0 1 1" aria-hidden="true">
          <rect class="bar b${Math.min(at, 3)}" width="1" height="1" />
        </svg>
        ${reason} ${formatCount(count)}</span
      > `,
  )
  const told = reasons.map(([reason, count]) => `${reason} ${formatCount(count)}`).join(', ')
  const plot = {
    id: 'failures',
    title: 'Failed requests a minute',
    now: formatCount(sum(minutes.at(-1) ?? new Map())),
    beside: told === '' ? 'none in 15 min' : told,
    ...(legend.length > 0 && { legend: html`${legend}` }),
  }
  return plotFrame(plot, samples.length === 0 ? 'measuring …' : formatCount(top), html`${bars}`)
}
