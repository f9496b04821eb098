import type { Html } from './html.ts'
import { html } from './html.ts'
import type { RoomState } from './room-state.ts'
import type { Verdict } from './verdict.ts'

/** Each state has a shape of its own, so that nobody needs the colour to tell them apart. */
export const markShapes: Html = html`<svg class="shapes" width="0" height="0" aria-hidden="true">
  <symbol id="mark-occupied" viewBox="0 0 12 12"><circle cx="6" cy="6" r="5" /></symbol>
  <symbol id="mark-empty" viewBox="0 0 12 12">
    <circle cx="6" cy="6" r="4.25" class="hollow" />
  </symbol>
  <symbol id="mark-missing" viewBox="0 0 12 12">
    <path d="M2.5 2.5l7 7m0-7l-7 7" class="hollow" />
  </symbol>
  <symbol id="mark-pending" viewBox="0 0 12 12">
    <circle cx="6" cy="6" r="4.25" class="hollow dotted" />
  </symbol>
  <symbol id="mark-failing" viewBox="0 0 12 12"><path d="M6 0.5L11.5 6 6 11.5 0.5 6z" /></symbol>
  <symbol id="mark-stale" viewBox="0 0 12 12"><path d="M6 0.8L11.7 11H0.3z" /></symbol>
  <symbol id="mark-below" viewBox="0 0 12 12">
    <path d="M6 1v8.5M2 6l4 4.2L10 6" class="hollow" />
  </symbol>
  <symbol id="mark-good" viewBox="0 0 24 24">
    <circle cx="12" cy="12" r="11" />
    <path d="M7 12.5l3.5 3.5L17 8.8" class="cut" />
  </symbol>
  <symbol id="mark-busy" viewBox="0 0 24 24">
    <circle cx="12" cy="12" r="9.5" class="hollow ring" />
  </symbol>
  <symbol id="mark-warn" viewBox="0 0 24 24">
    <path d="M12 1L23 12 12 23 1 12z" />
    <path d="M12 6.5v7m0 2.5v2" class="cut" />
  </symbol>
  <symbol id="mark-bad" viewBox="0 0 24 24">
    <path d="M12 1.5L23.5 22H0.5z" />
    <path d="M12 8.5v6.5m0 2v2" class="cut" />
  </symbol>
</svg>`

/** The mark of a state or a verdict; the word always stands beside it. */
export function mark(name: RoomState | Verdict['level'] | 'below'): Html {
  return html`<svg class="mark ${name}" aria-hidden="true"><use href="#mark-${name}" /></svg>`
}
