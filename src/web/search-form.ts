import { formatCount } from './format.ts'
import type { Html } from './html.ts'
import { html, visible } from './html.ts'
import type { Listing } from './listing.ts'
import type { RoomQuery } from './query.ts'
import { queryString } from './query.ts'
import { pageLimits } from './rooms-table.ts'

/** More app ids than this are asked for by typing. */
const mostChoices = 200

function appChoice({ appIds }: Listing, chosen: string | undefined): Html {
  if (appIds.length > mostChoices)
    return html`<label
      >App <input name="app_id" value="${chosen ?? ''}" autocomplete="off"
    /></label>`
  return html`<label
    >App
    <select name="app_id">
      <option value="">all ${formatCount(appIds.length)}</option>
      ${appIds.map((appId) => html`<option${appId === chosen && html` selected`} value="${appId}">${visible(appId)}</option>`)}
    </select></label
  >`
}

/** What the form hands on besides its own fields. */
function keptFields(query: RoomQuery): Html {
  const kept = new URLSearchParams(queryString({ ...query, offset: 0 }, pageLimits))
  for (const own of ['q', 'app_id', 'limit']) kept.delete(own)
  const fields = [...kept].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  )
  return html`<span id="kept" data-live hidden>${fields}</span>`
}

/** The form that searches; without script its button asks for the page anew. */
export function searchForm(query: RoomQuery, listing: Listing): Html {
  const sizes = [...new Set([50, 100, 200, query.limit])].sort((a, b) => a - b)
  return html`<form id="search" class="search" action="/" method="get" role="search">
    <label class="wide"
      >Search
      <input
        type="search"
        name="q"
        value="${query.text}"
        placeholder="room, app or label"
        autocomplete="off"
        spellcheck="false"
    /></label>
    ${appChoice(listing, query.appId)}
    <label
      >Rows
      <select name="limit">
        ${sizes.map((size) => html`<option${size === query.limit && html` selected`}>${size}</option>`)}
      </select></label
    >
    ${keptFields(query)}<button>Show</button>
  </form>`
}
