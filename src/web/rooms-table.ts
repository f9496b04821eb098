import { formatAge, formatCount, formatRoughly, roomPath } from './format.ts'
import type { Html } from './html.ts'
import { html, visible } from './html.ts'
import type { Listing } from './listing.ts'
import { mark } from './marks.ts'
import type { Limits, RoomQuery, SortColumn } from './query.ts'
import { queryString } from './query.ts'
import { isBelowMinimum, stateOf } from './room-state.ts'
import type { View } from './view.ts'

/** How many rooms stand on one page. */
export const pageLimits: Limits = { usual: 50, most: 200 }

const columns: readonly {
  readonly sort: SortColumn
  readonly name: string
  readonly kind: string
}[] = [
  { sort: 'state', name: 'State', kind: 'state' },
  { sort: 'room_id', name: 'Room', kind: 'id' },
  { sort: 'app_id', name: 'App', kind: 'id app' },
  { sort: 'users', name: 'Users', kind: 'number' },
  { sort: 'invisible_users', name: 'Invisible', kind: 'number less' },
  { sort: 'min_users', name: 'Minimum', kind: 'number less' },
  { sort: 'age', name: 'Age', kind: 'number' },
  { sort: 'next_poll', name: 'Next poll', kind: 'number less' },
  { sort: 'last_failure', name: 'Last failure', kind: 'failure' },
]

function headOf({ sort, name, kind }: (typeof columns)[number], query: RoomQuery): Html {
  const isSorted = query.sort === sort
  const order = isSorted && query.order === 'asc' ? 'desc' : 'asc'
  const link = `/${queryString({ ...query, sort, order, offset: 0 }, pageLimits)}`
  const direction = query.order === 'asc' ? 'ascending' : 'descending'
  const arrow = query.order === 'asc' ? '↑' : '↓'
  return html`<th scope="col" class="${kind}" ${isSorted && html` aria-sort="${direction}"`}>
    <a id="sort-${sort}" href="${link || '/'}" data-soft
      >${name}<span class="arrow" aria-hidden="true">${isSorted && arrow}</span></a
    >
  </th>`
}

const count = (value: number) => (value < 0 ? '–' : formatCount(value))

function lastFailureOf({ history, clock }: View, slot: number): Html | string {
  const failure = history.lastFailure(slot)
  if (failure?.reading.kind !== 'failed') return ''
  const { reason, detail } = failure.reading.failure
  const isOver = history.failingSinceMs(slot) === undefined
  const ago = `${formatRoughly(clock.now() - failure.sentAtMs)} ago`
  return html`<span class="${isOver ? 'quiet' : 'now'}" title="${visible(detail)}"
    >${reason}, ${ago}${isOver && ', recovered'}</span
  >`
}

function nextPollOf(view: View, slot: number): string {
  const why = view.explain(slot)
  if (why === undefined) return '–'
  if (why.because === 'being polled') return 'now'
  if (why.because === 'never polled') return 'in line'
  const leftMs = why.dueMs - view.clock.monotonic()
  return leftMs < 500 ? 'due' : `in ${formatAge(leftMs)}`
}

function rowOf(view: View, slot: number): Html {
  const { rooms } = view
  const room = rooms.room(slot)
  if (room === undefined) return html``
  const state = stateOf(rooms, slot)
  const isBelow = isBelowMinimum(rooms, slot)
  const users = rooms.users(slot)
  const labels = Object.entries(room.labels ?? {})
  return html`<tr id="room-${slot}" class="${state}">
    <td class="state">${mark(state)} ${state}</td>
    <th scope="row" class="id">
      <a id="open-${slot}" href="${roomPath('/rooms', room)}"><bdi>${visible(room.roomId)}</bdi></a
      >${labels.map(([name, value]) => html` <span class="label">${name}=<bdi>${visible(value)}</bdi></span>`)}
    </th>
    <td class="id app"><bdi>${visible(room.appId)}</bdi></td>
    <td class="number users">${isBelow && mark('below')}${count(users)}</td>
    <td class="number less">${count(rooms.invisibleUsers(slot))}</td>
    <td class="number less">
      ${room.minUsers}${isBelow && html`<span class="below"> below</span>`}
    </td>
    <td class="number">${formatAge(rooms.ageMs(slot))}</td>
    <td class="number less">${nextPollOf(view, slot)}</td>
    <td class="failure">${lastFailureOf(view, slot)}</td>
  </tr> `
}

function pager(query: RoomQuery, { matching }: Listing): Html {
  const { offset, limit } = query
  const link = (to: number, id: string, text: string) => {
    const href = `/${queryString({ ...query, offset: to }, pageLimits)}`
    return html`<a id="${id}" href="${href}" data-soft>${text}</a>`
  }
  const before = Math.max(0, Math.min(offset - limit, Math.floor((matching - 1) / limit) * limit))
  return html`<nav class="pager" aria-label="Pages">
    ${offset > 0 ? link(before, 'page-before', '← Previous') : html`<span class="quiet" aria-hidden="true">← Previous</span>`}
    ${offset + limit < matching ? link(offset + limit, 'page-after', 'Next →') : html`<span class="quiet" aria-hidden="true">Next →</span>`}
  </nav>`
}

function summary({ offset }: RoomQuery, { slots, matching, total }: Listing): string {
  const of =
    matching === total
      ? formatCount(total)
      : `${formatCount(matching)} found, ${formatCount(total)} in all`
  if (slots.length === 0)
    return matching === 0 ? `No room found, ${formatCount(total)} in all` : `No more rooms, ${of}`
  return `Rooms ${formatCount(offset + 1)}–${formatCount(offset + slots.length)} of ${of}`
}

/** The part of the list that the query asks for, with headings that sort and links to the next part. */
export function roomsTable(view: View, query: RoomQuery, listing: Listing): Html {
  return html`<div class="head">
      <p id="summary">${summary(query, listing)}</p>
      ${pager(query, listing)}
    </div>
    <div class="scroll" role="region" aria-label="Rooms" tabindex="0">
      <table class="rooms">
        <caption class="unseen">
          Rooms; the headings are links that sort
        </caption>
        <thead>
          <tr>
            ${columns.map((column) => headOf(column, query))}
          </tr>
        </thead>
        <tbody>
          ${listing.slots.map((slot) => rowOf(view, slot))}
        </tbody>
      </table>
    </div>`
}
