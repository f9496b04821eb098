import { counted, formatCount, formatRate, formatRoughly } from './format.ts'
import type { Html } from './html.ts'
import { html, visible } from './html.ts'
import { layout } from './layout.ts'
import type { Listing } from './listing.ts'
import { mark } from './marks.ts'
import { time } from './parts.ts'
import { plots } from './plots.ts'
import type { RoomQuery } from './query.ts'
import { queryString } from './query.ts'
import type { RoomState } from './room-state.ts'
import { pageLimits, roomsTable } from './rooms-table.ts'
import { searchForm } from './search-form.ts'
import type { Verdict } from './verdict.ts'
import type { Status, View } from './view.ts'

const counterOrder: readonly RoomState[] = [
  'occupied',
  'empty',
  'missing',
  'stale',
  'failing',
  'pending',
]

function verdictBanner({ level, text, also }: Verdict, { firstSweep }: Status): Html {
  return html`<section
    id="verdict"
    class="verdict ${level}"
    data-live
    data-level="${level}"
    aria-label="Verdict"
  >
    <h1>${mark(level)} <span id="verdict-text">${text}</span></h1>
    ${also.map((line) => html`<p>${line}</p>`)}
    ${firstSweep && html`<progress max="${firstSweep.rooms}" value="${firstSweep.polled}" aria-label="First sweep"></progress>`}
  </section>`
}

function counters(query: RoomQuery, { states, total, belowMinimum }: Listing): Html {
  const everything = { ...query, state: undefined, isBelowMinimumOnly: false, offset: 0 }
  const link = (id: string, to: RoomQuery, count: number, text: Html, isChosen: boolean) =>
    html`<li>
      <a
        id="${id}"
        href="/${queryString(to, pageLimits)}"
        data-soft${isChosen && html` aria-current="true"`}${count === 0 && html` class="none"`}
        ><b>${formatCount(count)}</b> <span>${text}</span></a
      >
    </li>`
  const isAll = query.state === undefined && !query.isBelowMinimumOnly
  return html`<nav id="counters" class="counters" data-live aria-label="Rooms by state">
    <ul>
      ${link('show-all', everything, total, html`all`, isAll)}
      ${counterOrder.map((state) => link(`show-${state}`, { ...everything, state }, states[state], html`${mark(state)} ${state}`, query.state === state))}
      ${link('show-below', { ...everything, isBelowMinimumOnly: true }, belowMinimum, html`${mark('below')} below minimum`, query.isBelowMinimumOnly)}
    </ul>
  </nav>`
}

function configHealth({ configReload }: Status, nowMs: number): Html {
  const { succeeded, lastSuccessMs, problems } = configReload
  const since = html`in force since ${time(lastSuccessMs)} UTC,
  ${formatRoughly(nowMs - lastSuccessMs)} ago`
  if (succeeded)
    return html`<dt>Configuration</dt>
      <dd>${mark('occupied')} valid, ${since}</dd>`
  return html`<dt>Configuration</dt>
    <dd class="wrong">
      ${mark('failing')} last reload failed with ${counted(problems.length, 'problem')}; the one
      before is ${since}
      <ul class="problems">
        ${problems.slice(0, 10).map((problem) => html`<li><code>${visible(problem)}</code></li>`)}
      </ul>
    </dd>`
}

function accountFact({ accounts }: Status): Html[] {
  return accounts.map(
    ({ account, budgetQps, demandQps, inFlight, isCircuitOpen }) =>
      html`<dt>Account <bdi>${visible(account)}</bdi></dt>
        <dd>
          ${isCircuitOpen && html`${mark('stale')} keys refused, one trial every 30 s; `}wants
          ${formatRate(demandQps)} a second of ${formatRate(budgetQps)}, ${formatCount(inFlight)}
          under way
        </dd>`,
  )
}

/** The page at `/`: how things are, and the rooms that `query` asks for. */
export function homePage(
  view: View,
  status: Status,
  verdict: Verdict,
  query: RoomQuery,
  listing: Listing,
): Html {
  const nowMs = view.clock.now()
  return layout(
    { title: `${verdict.text} · rtc-room-exporter`, status, nowMs, isLive: true },
    html`${verdictBanner(verdict, status)} ${counters(query, listing)}
      <section id="plots" class="plots" data-live aria-label="The last 15 minutes">
        ${plots(status, nowMs)}
      </section>
      <dl id="facts" class="facts" data-live>
        ${configHealth(status, nowMs)}${accountFact(status)}
      </dl>
      <section aria-label="Rooms" class="list">
        ${searchForm(query, listing)}
        <div id="rooms" data-live>${roomsTable(view, query, listing)}</div>
      </section>`,
  )
}
