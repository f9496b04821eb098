import type { Html } from './html.ts'
import { html } from './html.ts'

/** Size of a plot in its own units; the browser stretches it. */
export const width = 300
/** See {@link width}. */
export const height = 60
/** How much time a plot shows, in milliseconds. */
export const shownMs = 15 * 60_000

/** A coordinate, as fine as can be seen. */
export const twoDigits = (value: number) => Number(value.toFixed(1))

/** The next of 1, 2, 2.5, 5 times a power of ten. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-3)))
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= value) ?? 10
  return step * power
}

/** What stands above a plot. */
export interface PlotText {
  readonly id: string
  readonly title: string
  /** The value now. */
  readonly now: string
  /** What it is to be compared with. */
  readonly beside: string
  /** The same as markup, where it is more than text. */
  readonly legend?: Html
}

/** A plot with its caption and scale; `top` is the value at its upper edge. */
export function plotFrame(plot: PlotText, top: string, drawing: Html): Html {
  const { id, title, now, beside, legend = beside } = plot
  const said = `${title} over the last 15 minutes. Now ${now}, ${beside}`
  return html`<figure class="plot" id="plot-${id}">
    <figcaption>
      <span class="title">${title}</span> <b>${now}</b> <span class="quiet">${legend}</span>
    </figcaption>
    <div class="field">
      <span class="scale quiet" aria-hidden="true">${top}</span
      ><svg
        viewBox="0 0 ${width} ${height}"
        preserveAspectRatio="none"
        role="img"
        aria-label="${said}"
      >
        ${drawing}
      </svg>
    </div>
    <p class="axis quiet" aria-hidden="true"><span>15 min ago</span><span>now</span></p>
  </figure>`
}
