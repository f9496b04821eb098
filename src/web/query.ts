import type { RoomState } from './room-state.ts'
import { roomStates } from './room-state.ts'

/** The columns by which rooms can be sorted. */
export const sortColumns = [
  'state',
  'app_id',
  'room_id',
  'users',
  'invisible_users',
  'age',
  'next_poll',
  'min_users',
  'last_failure',
] as const

/** One of {@link sortColumns}. */
export type SortColumn = (typeof sortColumns)[number]

/** Which rooms are asked for, in which order, and which part of them. */
export interface RoomQuery {
  /** Stands somewhere in the ids or labels, in upper or lower case; empty for all. */
  readonly text: string
  readonly state: RoomState | undefined
  readonly appId: string | undefined
  readonly isBelowMinimumOnly: boolean
  readonly sort: SortColumn
  readonly order: 'asc' | 'desc'
  readonly limit: number
  readonly offset: number
}

/** How many rooms are given when nobody says otherwise, and at most. */
export interface Limits {
  readonly usual: number
  readonly most: number
}

const isOneOf =
  <T extends string>(list: readonly T[]) =>
  (text: string): text is T =>
    list.some((one) => one === text)

/** A query, and a line about each parameter that was not understood; the default stands for it. */
export interface ParsedQuery {
  readonly query: RoomQuery
  readonly problems: readonly string[]
}

/** The query in the parameters of a URL. Unknown parameters are let be, empty ones are not there. */
export function parseQuery(given: URLSearchParams, limits: Limits): ParsedQuery {
  const problems: string[] = []
  const textOf = (name: string) =>
    given.get(name) === '' ? undefined : (given.get(name) ?? undefined)

  function choice<T extends string>(name: string, list: readonly T[]): T | undefined {
    const text = textOf(name)
    if (text === undefined || isOneOf(list)(text)) return text
    problems.push(`${name} is ${JSON.stringify(text)}, want one of ${list.join(', ')}`)
    return undefined
  }
  function whole(name: string, usual: number, least: number, most: number): number {
    const text = textOf(name)
    if (text === undefined) return usual
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
    if (value >= least && value <= most) return value
    const range = `${String(least)} to ${String(most)}`
    problems.push(`${name} is ${JSON.stringify(text)}, want a whole number, ${range}`)
    return usual
  }

  const query: RoomQuery = {
    text: textOf('q')?.trim() ?? '',
    state: choice('state', roomStates),
    appId: textOf('app_id'),
    isBelowMinimumOnly: choice('below_min_users', ['true', 'false']) === 'true',
    sort: choice('sort', sortColumns) ?? 'state',
    order: choice('order', ['asc', 'desc']) ?? 'asc',
    limit: whole('limit', limits.usual, 1, limits.most),
    offset: whole('offset', 0, 0, 999_999_999),
  }
  return { query, problems }
}

/** The parameters of a query, without those that say what is said anyway. */
export function queryString(query: RoomQuery, limits: Limits): string {
  const parameters = new URLSearchParams()
  const put = (name: string, value: string | undefined, usual = '') => {
    if (value !== undefined && value !== usual) parameters.set(name, value)
  }
  put('q', query.text)
  put('state', query.state)
  put('app_id', query.appId)
  put('below_min_users', String(query.isBelowMinimumOnly), 'false')
  put('sort', query.sort, 'state')
  put('order', query.order, 'asc')
  put('limit', String(query.limit), String(limits.usual))
  put('offset', String(query.offset), '0')
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}
