import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { roomKey } from '../room.ts'
import { homePage } from './home-page.ts'
import { roomDetailJson, roomsJson, statusJson } from './json.ts'
import { createListing } from './listing.ts'
import { parseQuery } from './query.ts'
import { roomPage, unknownRoomPage } from './room-page.ts'
import { pageLimits } from './rooms-table.ts'
import { send, sendJson, sendPage } from './send.ts'
import type { Handler, Route } from './server.ts'
import { verdictOf } from './verdict.ts'
import type { View } from './view.ts'

/** A program may want more at once than a person. */
const jsonLimits = { usual: 100, most: 1000 }

const parametersOf = ({ url = '' }: IncomingMessage) =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '')

/** The slot of the room that the last two parts of the path name; malformed escapes never get here. */
function slotAt(view: View, request: IncomingMessage): number | undefined {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const [appId = '', roomId = ''] = path
    .replace(/\/$/, '')
    .split('/')
    .slice(-2)
    .map(decodeURIComponent)
  return view.rooms.slotOf(roomKey({ appId, roomId }))
}

function asset(name: string, type: string): Handler {
  const file = new URL(`assets/${name}`, import.meta.url)
  return async (_request, response) => {
    send(response, 200, type, await readFile(file, 'utf8'))
  }
}

/** The status page, the pages of the rooms, the configuration, and the same data as JSON. */
export function viewRoutes(view: View): Route[] {
  const list = createListing(view)

  function overview(request: IncomingMessage, limits: typeof jsonLimits) {
    const parsed = parseQuery(parametersOf(request), limits)
    return { ...parsed, listing: list(parsed.query) }
  }

  const home: Handler = (request, response) => {
    const { query, listing } = overview(request, pageLimits)
    const status = view.status()
    sendPage(
      response,
      200,
      homePage(view, status, verdictOf(view, status, listing), query, listing),
    )
  }
  const room: Handler = (request, response) => {
    const slot = slotAt(view, request)
    const found = slot === undefined ? undefined : view.rooms.room(slot)
    if (slot === undefined || found === undefined) sendPage(response, 404, unknownRoomPage(view))
    else sendPage(response, 200, roomPage(view, slot, found))
  }
  const roomsAsJson: Handler = (request, response) => {
    const { query, problems, listing } = overview(request, jsonLimits)
    if (problems.length > 0) sendJson(response, 400, { error: problems.join('; ') })
    else sendJson(response, 200, roomsJson(view, query, listing))
  }
  const roomAsJson: Handler = (request, response) => {
    view.rooms.counts()
    const slot = slotAt(view, request)
    if (slot === undefined) sendJson(response, 404, { error: 'no such room is watched' })
    else sendJson(response, 200, roomDetailJson(view, slot))
  }
  const statusAsJson: Handler = (request, response) => {
    const { listing } = overview(request, jsonLimits)
    const verdict = verdictOf(view, view.status(), listing)
    sendJson(response, 200, statusJson(view, verdict, listing))
  }

  return [
    { path: '/', get: home },
    { path: '/rooms/:app_id/:room_id', get: room },
    {
      path: '/config',
      get(_request, response) {
        send(response, 200, 'text/plain', view.configText())
      },
    },
    { path: '/api/v1/rooms', get: roomsAsJson },
    { path: '/api/v1/rooms/:app_id/:room_id', get: roomAsJson },
    { path: '/api/v1/status', get: statusAsJson },
    { path: '/assets/page.css', get: asset('page.css', 'text/css') },
    { path: '/assets/page.js', get: asset('page.js', 'text/javascript') },
  ]
}
