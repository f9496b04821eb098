import type { Explanation, Room } from '../room.ts'
import { counted, formatAge, formatCount, formatRate, formatSpan } from './format.ts'
import type { Html } from './html.ts'
import { html, visible } from './html.ts'
import { mark } from './marks.ts'
import { facts, time } from './parts.ts'
import type { PastPoll, View } from './view.ts'

function whyText({ because, targetIntervalMs, changesPerHour }: Explanation, room: Room): string {
  const every = formatSpan(targetIntervalMs)
  const configured = formatSpan(room.intervalMs)
  switch (because) {
    case 'never polled':
      return 'It waits for its first poll, which comes before any second poll of other rooms.'
    case 'being polled':
      return 'It is being polled now, or waits to be asked again after a failure.'
    case 'confirming empty':
      return 'Its users have just left: it is asked once more, soon, to be sure.'
    case 'changes often':
      return `It is polled every ${every}, more often than the configured ${configured}: about ${formatRate(changesPerHour)} changes an hour are expected of it, and there is budget to spare.`
    case 'interval':
      return targetIntervalMs > room.intervalMs * 1.01
        ? `It is polled every ${every}, less often than the configured ${configured}: the budget does not suffice for all rooms, so all intervals are stretched.`
        : `It is polled every ${every}, as configured.`
    default:
      return because satisfies never
  }
}

/** Why the room is polled when it is. */
export function whySection(view: View, slot: number, room: Room): Html {
  const why = view.explain(slot)
  if (why === undefined) return html``
  const leftMs = why.dueMs - view.clock.monotonic()
  return html`<section aria-labelledby="why">
    <h2 id="why">Why it is polled when it is</h2>
    <p>${whyText(why, room)}</p>
    <dl class="values">
      ${facts([
        ['Next poll', leftMs > 500 ? `in ${formatAge(leftMs)}` : 'due now'],
        ['Polled every', formatSpan(why.targetIntervalMs)],
        ['Configured interval', formatSpan(room.intervalMs)],
        ['Changes expected', `${formatRate(why.changesPerHour)} an hour`],
        ['Withdrawn when older than', formatSpan(room.maxAgeMs)],
      ])}
    </dl>
  </section>`
}

function outcomeOf({ reading }: PastPoll): Html {
  switch (reading.kind) {
    case 'present':
      return html`${mark(reading.users > 0 ? 'occupied' : 'empty')}
      ${counted(reading.users, 'user')}${reading.invisibleUsers > 0 && html` <span class="quiet">(${formatCount(reading.invisibleUsers)} invisible)</span>`}`
    case 'absent':
      return html`${mark('missing')} room does not exist`
    case 'failed':
      return html`${mark('failing')} <b>${reading.failure.reason}</b>
        <span class="quiet">${visible(reading.failure.detail)}</span>`
    default:
      return reading satisfies never
  }
}

/** How the recent polls of the room went. */
export function pollsSection({ history, clock }: View, slot: number): Html {
  const polls = history.polls(slot)
  const rows = polls.map(
    (poll) =>
      html`<tr class="${poll.reading.kind}">
        <td>${time(poll.sentAtMs)}</td>
        <td class="number">${formatAge(clock.now() - poll.sentAtMs)}</td>
        <td>${outcomeOf(poll)}</td>
        <td class="number">${formatSpan(poll.durationMs)}</td>
        <td class="number">${poll.attempts}</td>
        <td class="id">${visible(poll.requestId ?? '–')}</td>
      </tr> `,
  )
  return html`<section aria-labelledby="polls">
    <h2 id="polls">Recent polls</h2>
    <p class="quiet">
      Newest first. Failures are remembered longer than successes, the request id is what the
      vendor’s support asks for.
    </p>
    <div class="scroll" role="region" aria-label="Recent polls" tabindex="0">
      <table class="polls">
        <thead>
          <tr>
            <th scope="col">Time (UTC)</th>
            <th scope="col" class="number">Ago</th>
            <th scope="col">Outcome</th>
            <th scope="col" class="number">Latency</th>
            <th scope="col" class="number">Requests</th>
            <th scope="col">Request id</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${polls.length === 0 && html`<p>There was none yet.</p>`}
  </section>`
}
