import { formatTime } from './format.ts'
import type { Piece } from './html.ts'
import { html } from './html.ts'

/** A moment in UTC; Unix milliseconds. */
export const time = (unixMs: number) =>
  html`<time datetime="${new Date(unixMs).toISOString()}">${formatTime(unixMs)}</time>`

/** Names with their values, to stand in a `dl`. */
export const facts = (list: readonly (readonly [string, Piece])[]) =>
  html`${list.map(
    ([name, value]) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`,
  )}`
