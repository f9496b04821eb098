import { type Band, grounded, type Line, runs, stackedUp } from './chart-bands.ts'
import { countTicks, timeText, timeTicks } from './chart-scale.ts'

/** One coordinate system with its lines. */
export interface Plot {
  readonly title: string
  readonly subtitle: string
  /** What the values count, beside the axis. */
  readonly unit: string
  /** `lines` from a common ground, or `stacked` on top of each other. */
  readonly style: 'lines' | 'stacked'
  readonly lines: readonly Line[]
}

const width = 1120
const plotTop = 92
const plotHeight = 250
const plotBottom = plotTop + plotHeight
const blockHeight = 388
const left = 76
const right = 40
const font = `font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"`

/**
 * Draws plots under each other over the same time, as an SVG document with a white ground. Points
 * more than `stepMs` and a half apart are not joined: a gap in the data is a gap in the picture.
 */
export function chartSvg(title: string, plots: readonly Plot[], stepMs: number): string {
  const height = 84 + plots.length * blockHeight
  const times = plots.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(([t]) => t)))
  const from = times.reduce((low, time) => Math.min(low, time), Infinity)
  const to = times.reduce((high, time) => Math.max(high, time), -Infinity)
  const blocks = times.length === 0 ? [] : plots.map((plot) => block(plot, from, to, stepMs))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" width="${String(width)}" height="${String(height)}" role="img" ${font}>`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="10" fill="#ffffff"/>`,
    `<rect x="0.5" y="0.5" width="${String(width - 1)}" height="${String(height - 1)}" rx="10" fill="none" stroke="#d8dee4"/>`,
    text(left - 44, 44, title, 'font-size="22" font-weight="600" fill="#1f2328"'),
    ...(blocks.length === 0 ? [text(left, 110, 'No data', 'font-size="15" fill="#59636e"')] : []),
    ...blocks.map(
      (lines, index) =>
        `<g transform="translate(0 ${String(70 + index * blockHeight)})">\n${lines.join('\n')}\n</g>`,
    ),
    '</svg>\n',
  ].join('\n')
}

function block(plot: Plot, from: number, to: number, stepMs: number): string[] {
  const lines = plot.style === 'stacked' ? stackedUp(plot.lines) : plot.lines.map(grounded)
  const highest = lines.flatMap(({ spans }) => spans.map(([, , high]) => high))
  const ticks = countTicks(highest.reduce((a, b) => Math.max(a, b), 1))
  const top = ticks.at(-1) ?? 1
  const x = (time: number) =>
    left + ((time - from) / Math.max(1, to - from)) * (width - left - right)
  const y = (value: number) => plotTop + plotHeight * (1 - value / top)
  return [
    text(left - 44, 22, plot.title, 'font-size="16" font-weight="600" fill="#1f2328"'),
    text(
      left - 44,
      43,
      plot.subtitle,
      'font-size="12.5" fill="#59636e" font-family="ui-monospace, \'DejaVu Sans Mono\', monospace"',
    ),
    ...legend(plot.lines),
    ...ticks.map((tick) => horizontal(y(tick), String(tick), tick === 0)),
    ...timeTicks(from, to).map((time) => vertical(x(time), timeText(time))),
    text(
      0,
      0,
      plot.unit,
      `transform="translate(${String(left - 48)} ${String(plotTop + plotHeight / 2)}) rotate(-90)" text-anchor="middle" font-size="12.5" fill="#59636e"`,
    ),
    text(left - 10, plotBottom + 21, 'UTC', 'text-anchor="end" font-size="12" fill="#818b98"'),
    ...lines.flatMap((line) => drawn(line, x, y, stepMs, plot.style === 'stacked' ? 0.55 : 0.08)),
  ]
}

function drawn(
  band: Band,
  x: (time: number) => number,
  y: (value: number) => number,
  stepMs: number,
  opacity: number,
): string[] {
  return runs(band.spans, stepMs).flatMap((run) => {
    const high = run.map(([time, , value]) => `${fixed(x(time))},${fixed(y(value))}`)
    const low = run.map(([time, value]) => `${fixed(x(time))},${fixed(y(value))}`)
    return [
      `<path d="M${[...high, ...low.toReversed()].join('L')}Z" fill="${band.color}" fill-opacity="${String(opacity)}"/>`,
      `<path d="M${high.join('L')}" fill="none" stroke="${band.color}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>`,
    ]
  })
}

function legend(lines: readonly Line[]): string[] {
  let x = left - 44
  return lines.flatMap(({ name, color, points }) => {
    const value = points.at(-1)?.[1]
    const label = value === undefined ? name : `${name}  ${String(value)}`
    const at = x
    x += 56 + label.length * 7.8
    return [
      `<rect x="${fixed(at)}" y="61" width="14" height="5" rx="2.5" fill="${color}"/>`,
      text(at + 21, 68, label, 'font-size="13" fill="#1f2328" xml:space="preserve"'),
    ]
  })
}

function horizontal(y: number, label: string, isGround: boolean): string {
  const line = `<line x1="${String(left)}" x2="${String(width - right)}" y1="${fixed(y)}" y2="${fixed(y)}" stroke="${isGround ? '#818b98' : '#e6eaef'}"/>`
  return line + text(left - 10, y + 4, label, 'text-anchor="end" font-size="12.5" fill="#59636e"')
}

function vertical(x: number, label: string): string {
  const line = `<line x1="${fixed(x)}" x2="${fixed(x)}" y1="${String(plotTop)}" y2="${String(plotBottom)}" stroke="#f0f2f5"/>`
  return (
    line + text(x, plotBottom + 21, label, 'text-anchor="middle" font-size="12.5" fill="#59636e"')
  )
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${escaped(content)}</text>`
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
