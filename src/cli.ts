import { parseArgs } from 'node:util'
import { flags } from './config/flags.ts'
import type { Flag } from './config/flags.ts'
import { nearest } from './config/nearest.ts'
import { RunOptions, SimulateOptions } from './config/options.ts'

export type { RunOptions, SimulateOptions }

/** A command with its options, or in `usage` one line that says what is wrong with the arguments. */
export type Command =
  | RunOptions
  | SimulateOptions
  | { readonly command: 'help' | 'version' }
  | { readonly usage: string }

/** Understands the arguments after the program's name. */
export function parseCli(argv: readonly string[]): Command {
  const command = argv[0] === 'simulate' ? 'simulate' : 'run'
  const given = readFlags(command === 'simulate' ? argv.slice(1) : argv, flags[command])
  if (typeof given === 'string') return { usage: given }
  if (given.get('help') === true) return { command: 'help' }
  if (given.get('version') === true) return { command: 'version' }
  const schema = command === 'simulate' ? SimulateOptions : RunOptions
  const options = schema.safeParse(Object.fromEntries(given))
  if (options.success) return options.data
  const [issue] = options.error.issues
  const name = String(issue?.path[0])
  const value = [given.get(name)].flat()[Number(issue?.path[1] ?? 0)]
  return { usage: `--${name} is ${JSON.stringify(value)}, ${issue?.message ?? ''}` }
}

type Given = ReadonlyMap<string, string | boolean | undefined | string[]>

/** Values by flag name, defaults filled in, still as text; or what is wrong with the flags. */
function readFlags(args: readonly string[], known: readonly Flag[]): Given | string {
  const options = known.map(
    ({ name, value }): [string, { type: 'string' | 'boolean'; short?: string }] => [
      name,
      { type: value === undefined ? 'boolean' : 'string', ...(name === 'help' && { short: 'h' }) },
    ],
  )
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(options),
    strict: false,
    tokens: true,
  })
  const texts = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') return unexpected(token.value)
    const flag = known.find(({ name }) => name === token.name)
    const before = texts.get(token.name)
    if (flag === undefined) return unknownFlag(token.rawName, known)
    if (before && !flag.isRepeatable) return `--${flag.name} is given twice, want it once`
    if (flag.value === undefined && token.value !== undefined) {
      return `--${flag.name} has the value ${JSON.stringify(token.value)}, want it without one`
    }
    const isFlagLike = token.inlineValue === false && token.value.startsWith('-')
    if (flag.value !== undefined && (token.value === undefined || isFlagLike)) {
      return `--${flag.name} has no value, want --${flag.name}=${flag.value}`
    }
    texts.set(flag.name, [...(before ?? []), token.value ?? ''])
  }
  return new Map(known.map((flag) => [flag.name, valueOf(flag, texts.get(flag.name))]))
}

function valueOf(flag: Flag, texts: string[] | undefined) {
  if (flag.value === undefined) return texts !== undefined
  if (flag.isRepeatable) return texts ?? [flag.default ?? '']
  return texts?.[0] ?? flag.default
}

function unexpected(argument: string): string {
  const isNear = nearest(argument, ['simulate']) !== undefined
  const wanted = isNear
    ? 'want "simulate" as the first argument'
    : 'want flags such as --config.file=PATH'
  return `unexpected argument ${JSON.stringify(argument)}, ${wanted}`
}

function unknownFlag(rawName: string, known: readonly Flag[]): string {
  const names = known.map(({ name }) => `--${name}`)
  const near = nearest(rawName, names)
  const wanted = near === undefined ? 'want one that --help lists' : `did you mean "${near}"`
  return `unknown flag ${JSON.stringify(rawName)}, ${wanted}`
}

/** The text of `--help`: every flag of both commands with its default. */
export function helpText(): string {
  const line = ({ name, value, default: standard, help }: Flag) => {
    const left = `--${name}${value === undefined ? '' : `=${value}`}`
    const right = standard === undefined ? help : `${help} (default ${standard})`
    return `  ${left.padEnd(41)} ${right}`
  }
  return [
    'rtc-room-exporter [flags]             export the users in RTC rooms to Prometheus',
    ...flags.run.map(line),
    '',
    'rtc-room-exporter simulate [flags]    run a stand-in for the RTC API',
    ...flags.simulate.map(line),
  ].join('\n')
}
