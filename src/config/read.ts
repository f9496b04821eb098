import { dirname, join, resolve } from 'node:path'
import { resolveAccounts, secretFilesOf } from './accounts.ts'
import type { Environment, PlacedAccount } from './accounts.ts'
import type { Config, Problem } from './config.ts'
import { parseSource } from './document.ts'
import type { Path, Source } from './document.ts'
import { expandGlob } from './globs.ts'
import { checkPolling, settlePolling, withMaxAges } from './polling.ts'
import { check, createReport, quote, salvage } from './report.ts'
import type { Report } from './report.ts'
import { resolveRooms } from './rooms.ts'
import type { PlacedRoom } from './rooms.ts'
import {
  AccountEntry,
  Accounts,
  Api,
  File,
  Polling,
  RoomEntry,
  RoomFiles,
  Rooms,
} from './schema.ts'
import { readText } from './text.ts'

/** A configuration that can be used, or every reason why it cannot. */
export type ReadResult =
  { readonly config: Config; readonly warnings: Problem[] } | { readonly problems: Problem[] }

/**
 * Reads and checks the configuration file at `path` and every file that it names. Never rejects:
 * what is wrong comes back as problems, all at once. The network is not touched.
 */
export async function readConfig(path: string, env: Environment): Promise<ReadResult> {
  const report = createReport()
  const main = await readSource(path, report)
  const sections = main && sectionsOf(main, report)
  if (!main || !sections) return { problems: report.errors() }

  const api = check(Api, main, ['api'], sections.api ?? {}, report)
  const polling = check(Polling, main, ['polling'], sections.polling ?? {}, report)
  const { names, entries } = accountsIn(main, sections.accounts, report)
  const accounts = await resolveAccounts(entries, main, env, report)
  const { patterns, files, placed } = await roomsOf(main, sections, report)
  const entry = polling ?? Polling.parse({})
  const rooms = resolveRooms(placed, names, entry, report)
  checkPolling(main, entry, rooms, report)

  const problems = report.errors()
  if (api === undefined || problems.length > 0) return { problems }
  if (rooms.length === 0) report.warning(main, [], 'there are no rooms, want at least one')
  const checked = { api, accounts, polling: settlePolling(entry, rooms) }
  const config: Config = {
    ...checked,
    rooms: withMaxAges({ ...checked, rooms }, main, report),
    files: [...new Set([resolve(path), ...files, ...secretFilesOf(accounts)])],
    globs: { directory: resolve(dirname(path)), patterns },
  }
  return { config, warnings: report.warnings() }
}

async function readSource(path: string, report: Report): Promise<Source | undefined> {
  report.begin(path)
  const read = await readText(path)
  if ('fault' in read) {
    const message = `the file cannot be read: ${read.fault}, want a file that can be read here`
    report.add([{ file: path, line: 1, column: 1, message, severity: 'error' }])
    return undefined
  }
  const { source, problems } = parseSource(path, read.text)
  report.add(problems)
  return source
}

/** The sections as they stand; undefined where the file is neither a map nor a list. */
function sectionsOf(main: Source, report: Report): Partial<File> | undefined {
  if (Array.isArray(main.value)) return { rooms: main.value }
  const isMap = main.value instanceof Object && !(main.value instanceof Date)
  const strict = check(File, main, [], main.value, report)
  if (!isMap) return undefined
  const sections: Partial<File> = strict ?? File.strip().parse(main.value)
  if (!('rooms' in main.value) && !('room_files' in main.value)) {
    report.error(main, [], 'rooms is missing, want a list of rooms, or room_files')
  }
  return sections
}

function accountsIn(main: Source, section: unknown, report: Report) {
  const list = check(Accounts, main, ['accounts'], section, report)
  const entries = list?.flatMap((item, at): PlacedAccount[] => {
    const path = ['accounts', at]
    const entry = check(AccountEntry, main, path, item, report)
    return entry === undefined ? [] : [{ entry, path }]
  })
  if (section === undefined) return { names: ['default'], entries }
  // Names count even where the entry has another problem: its rooms are not to blame for it.
  const names = (list ?? []).flatMap((item) =>
    item instanceof Object && 'name' in item && typeof item.name === 'string' ? [item.name] : [],
  )
  return { names: [...new Set(names)], entries: entries ?? [] }
}

async function roomsOf(main: Source, sections: Partial<File>, report: Report) {
  const isList = Array.isArray(main.value)
  const placed = roomsIn(main, isList ? [] : ['rooms'], sections.rooms, report)
  const patterns = check(RoomFiles, main, ['room_files'], sections.room_files, report) ?? []
  const files = await matchingFiles(main, patterns, report)
  for (const file of files) {
    const source = await readSource(file, report)
    if (source === undefined) continue
    if (source.value === null) report.warning(source, [], 'the file is empty, want a list of rooms')
    else for (const room of roomsIn(source, [], source.value, report)) placed.push(room)
  }
  return { placed, patterns, files: files.map((file) => resolve(file)) }
}

function roomsIn(source: Source, path: Path, section: unknown, report: Report): PlacedRoom[] {
  const list = check(Rooms, source, path, section, report) ?? []
  return list.flatMap((item, at) => {
    const place = [...path, at]
    // What is right about a faulty room is still checked against the others.
    const entry = check(RoomEntry, source, place, item, report) ?? salvage(RoomEntry, item)
    return entry === undefined ? [] : [{ entry, source, path: place }]
  })
}

async function matchingFiles(main: Source, patterns: readonly string[], report: Report) {
  const directory = dirname(main.file)
  const files = new Set<string>()
  for (const [at, pattern] of patterns.entries()) {
    const found = await expandGlob(resolve(directory), pattern)
    for (const file of found) files.add(join(directory, file))
    if (found.length > 0) continue
    const message = `room_files ${quote(pattern)} matches no file, want a pattern relative to this file`
    report.warning(main, ['room_files', at], message)
  }
  return [...files]
}
