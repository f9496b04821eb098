/* global document, window, location, history, performance, fetch, setInterval, setTimeout */
/* global clearTimeout, DOMParser, FormData, URL, URLSearchParams, AbortSignal, Element */

/** Keeps the page up to date, and makes search and links work without loading it anew. */

const refreshEveryMs = 3000
const requestDeadlineMs = 10_000
const typingPauseMs = 150

const form = document.querySelector('#search')
const updated = document.querySelector('#updated')
const said = document.querySelector('#said')

let updatedAt = performance.now()
let isLost = false
/** The number of the newest request: an older answer that comes later is thrown away. */
let newest = 0
let level = levelOf(document)

/**
 * The level of the verdict, or the state of the room.
 * @param {Document} from
 */
function levelOf(from) {
  return from.querySelector('[data-level]')?.getAttribute('data-level') ?? ''
}

/**
 * Makes `old` equal to `wanted` and changes nothing else, so that focus, selection and scroll stay.
 * Elements that have an id are found again by it when they move.
 * @param {Element} old
 * @param {Element} wanted
 */
function morph(old, wanted) {
  for (const { name } of [...old.attributes])
    if (!wanted.hasAttribute(name)) old.removeAttribute(name)
  for (const { name, value } of [...wanted.attributes])
    if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  const byId = new Map([...old.children].filter(({ id }) => id !== '').map((one) => [one.id, one]))
  let next = old.firstChild
  for (const child of [...wanted.childNodes]) {
    const known = child instanceof Element && child.id !== '' ? byId.get(child.id) : undefined
    if (known !== undefined && known !== next) {
      old.insertBefore(known, next)
      next = known
    }
    if (next === null || !isAlike(next, child)) {
      old.insertBefore(child, next)
      continue
    }
    if (next instanceof Element && child instanceof Element) morph(next, child)
    else if (next.nodeValue !== child.nodeValue) next.nodeValue = child.nodeValue
    next = next.nextSibling
  }
  while (next !== null) {
    const rest = next
    next = next.nextSibling
    rest.remove()
  }
}

/**
 * Whether one node can become the other.
 * @param {Node} a
 * @param {Node} b
 */
function isAlike(a, b) {
  if (a.nodeName !== b.nodeName) return false
  return !(a instanceof Element && b instanceof Element) || a.id === b.id
}

/**
 * Takes over what is new.
 * @param {Document} fresh
 */
function show(fresh) {
  const focused = document.activeElement?.id
  for (const region of document.querySelectorAll('[data-live]')) {
    const wanted = fresh.getElementById(region.id)
    if (wanted !== null && !region.isEqualNode(wanted)) morph(region, wanted)
  }
  document.title = fresh.title
  if (focused && document.activeElement?.id !== focused)
    document.getElementById(focused)?.focus({ preventScroll: true })
  // Ages change at every refresh; only another verdict is worth an interruption.
  if (levelOf(fresh) !== level) say('#verdict-text')
  level = levelOf(fresh)
}

/**
 * Has a screen reader say the text of an element.
 * @param {string} selector
 */
function say(selector) {
  said.textContent = document.querySelector(selector)?.textContent ?? ''
}

/** Asks for the page as its address now says, and shows it. */
async function refresh() {
  const number = ++newest
  try {
    const response = await fetch(location.href, {
      cache: 'no-store',
      signal: AbortSignal.timeout(requestDeadlineMs),
    })
    const text = await response.text()
    if (number !== newest) return
    if (!response.ok && response.status !== 404) throw new Error(String(response.status))
    show(new DOMParser().parseFromString(text, 'text/html'))
    updatedAt = performance.now()
    isLost = false
  } catch {
    if (number === newest) isLost = true
  }
  tellAge()
}

/** Says how old the page is. */
function tellAge() {
  const seconds = Math.round((performance.now() - updatedAt) / 1000)
  const age = seconds < 60 ? `${String(seconds)} s` : `${String(Math.floor(seconds / 60))} min`
  const isHeld = hasSelection() && seconds > refreshEveryMs / 1000
  const text = isHeld ? `waiting while text is selected, updated ${age} ago` : `updated ${age} ago`
  updated.textContent = isLost ? `connection lost, last update ${age} ago` : text
  updated.classList.toggle('lost', isLost)
}

/** Whether somebody has selected text, which must not change under their hands. */
function hasSelection() {
  const selection = document.getSelection()
  if (selection === null || selection.isCollapsed) return false
  return [...document.querySelectorAll('[data-live]')].some((one) =>
    selection.containsNode(one, true),
  )
}

/** Shows what the form asks for; the address says it too, so it can be kept and passed on. */
async function search() {
  const parameters = new URLSearchParams()
  for (const [name, value] of new FormData(form))
    if (value !== '' && !(name === 'limit' && value === '50'))
      parameters.append(name, String(value))
  const text = parameters.toString()
  history.replaceState(null, '', text === '' ? '/' : `/?${text}`)
  await refresh()
  say('#summary')
}

/** Fills the form in as the address says. */
function fillForm() {
  const parameters = new URLSearchParams(location.search)
  for (const field of form.querySelectorAll('input:not([type=hidden]), select'))
    field.value = parameters.get(field.name) ?? (field.name === 'limit' ? '50' : '')
}

/**
 * The address of a link, with what the form says and the page does not show yet.
 * @param {string} href
 */
function withForm(href) {
  const url = new URL(href)
  for (const { name, value } of form.querySelectorAll('input:not([type=hidden]), select'))
    if (value === '' || (name === 'limit' && value === '50')) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  return url.href
}

function followForm() {
  let typing
  const stopTyping = () => {
    const wasTyping = typing !== undefined
    clearTimeout(typing)
    typing = undefined
    return wasTyping
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    stopTyping()
    void search()
  })
  form.addEventListener('input', () => {
    stopTyping()
    typing = setTimeout(() => {
      typing = undefined
      void search()
    }, typingPauseMs)
  })
  window.addEventListener('popstate', () => {
    fillForm()
    void refresh()
  })
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-soft]') : null
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey
    if (link === null || !isPlain || event.button !== 0) return
    event.preventDefault()
    history.pushState(null, '', stopTyping() ? withForm(link.href) : link.href)
    void refresh().then(() => say('#summary'))
  })
}

document.documentElement.classList.add('has-script')
if (form !== null) followForm()
setInterval(() => {
  const isDue = performance.now() - updatedAt >= refreshEveryMs
  if (!document.hidden && !hasSelection() && isDue) void refresh()
  else tellAge()
}, 1000)
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void refresh()
})
tellAge()
