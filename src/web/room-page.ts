import type { Room } from '../room.ts'
import { formatAge, formatCount, formatSpan, roomPath } from './format.ts'
import type { Html } from './html.ts'
import { html, visible } from './html.ts'
import { layout } from './layout.ts'
import { mark } from './marks.ts'
import { facts, time } from './parts.ts'
import { pollsSection, whySection } from './room-polls.ts'
import type { RoomState } from './room-state.ts'
import { isBelowMinimum, stateOf } from './room-state.ts'
import type { View } from './view.ts'

/** What the state means, for somebody who sees it for the first time. */
const meanings: Readonly<Record<RoomState, string>> = {
  occupied: 'Users are in the room.',
  empty: 'The room exists and nobody is in it.',
  missing: 'The API says that the room does not exist: it counts as empty.',
  failing: 'The last poll failed; the value before it is still young enough to be shown.',
  stale: 'No poll has succeeded for longer than max_age, so no value is shown.',
  pending: 'The room has not been polled yet.',
}

function values(view: View, slot: number, room: Room): Html {
  const { rooms, clock, history } = view
  const count = (value: number) => (value < 0 ? '–' : formatCount(value))
  const successMs = rooms.lastSuccessMs(slot)
  const sinceMs = history.failingSinceMs(slot)
  const minimum = html`${room.minUsers ?? 'none'}${isBelowMinimum(rooms, slot) && html` <span class="below">${mark('below')} below it</span>`}`
  return html`<dl class="values large">
      ${facts([
        ['Users', html`<b>${count(rooms.users(slot))}</b>`],
        ['Invisible', html`<b>${count(rooms.invisibleUsers(slot))}</b>`],
        ['Age', html`<b>${formatAge(rooms.ageMs(slot))}</b>`],
      ])}
    </dl>
    <dl class="values">
      ${facts([
        ['Last success', successMs === 0 ? 'never' : html`${time(successMs)} UTC`],
        ...(sinceMs === undefined
          ? []
          : ([['Failing for', formatSpan(clock.now() - sinceMs)]] as const)),
        ['Minimum of users', minimum],
        ['Account', html`<bdi>${visible(room.account)}</bdi>`],
        ...Object.entries(room.labels ?? {}).map(
          ([name, value]) => [`Label ${name}`, html`<bdi>${visible(value)}</bdi>`] as const,
        ),
      ])}
    </dl>`
}

/** The page of one room: what is known, how its polls went, and when the next one comes. */
export function roomPage(view: View, slot: number, room: Room): Html {
  view.rooms.counts()
  const state = stateOf(view.rooms, slot)
  const name = visible(room.roomId)
  return layout(
    {
      title: `${name}: ${state} · rtc-room-exporter`,
      status: view.status(),
      nowMs: view.clock.now(),
      isLive: true,
    },
    html`<nav class="path" aria-label="Path"><a href="/">All rooms</a></nav>
      <div id="room" class="room" data-live data-level="${state}">
        <h1><bdi>${name}</bdi></h1>
        <p class="app quiet">App <bdi>${visible(room.appId)}</bdi></p>
        <p class="is ${state}" id="verdict-text">
          ${mark(state)} <b>${state}</b> <span>${meanings[state]}</span>
        </p>
        ${values(view, slot, room)} ${whySection(view, slot, room)} ${pollsSection(view, slot)}
        <p><a href="${roomPath('/api/v1/rooms', room)}">The same as JSON</a></p>
      </div>`,
  )
}

/** The page where a room was asked for that is not watched. */
export function unknownRoomPage(view: View): Html {
  const frame = { title: 'Unknown room · rtc-room-exporter', status: view.status() }
  return layout(
    { ...frame, nowMs: view.clock.now(), isLive: false },
    html`<nav class="path" aria-label="Path"><a href="/">All rooms</a></nav>
      <h1>Unknown room</h1>
      <p>
        No such room is in the configuration in force. It may have left it, or belong to another
        shard.
      </p>`,
  )
}
