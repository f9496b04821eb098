import { z } from 'zod'
import { parseDuration } from './duration.ts'
import { quoteIt } from './report.ts'

/** `setTimeout` cannot wait longer; nobody wants to. */
const longestMs = 24 * 86_400_000

const isScalar = (value: unknown) =>
  ['number', 'boolean', 'bigint'].includes(typeof value) || value instanceof Date

/** A text; what YAML made a number, boolean or date of is to be quoted. */
export function text(
  wanted: string,
  faultOf: (text: string) => string | undefined = emptyFault(wanted),
) {
  const error = ({ input }: { input?: unknown }) => (isScalar(input) ? quoteIt : `want ${wanted}`)
  return z.string({ error }).superRefine((value, context) => {
    const fault = faultOf(value)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  })
}

const emptyFault = (wanted: string) => (value: string) =>
  value === '' ? `want ${wanted}` : undefined

/** A text of a certain form. */
export const matching = (pattern: RegExp, wanted: string) =>
  text(wanted, (value) => (pattern.test(value) ? undefined : `want ${wanted}`))

const loneSurrogate = 'want no lone surrogate, there is no UTF-8 for it'
const hasLoneSurrogate = (value: string) => /\p{Surrogate}/u.test(value)

/** An id. Refused is only what cannot be asked for; what is merely odd gets a warning elsewhere. */
export function id(wanted: string, longest = Infinity) {
  const length = longest === Infinity ? `want ${wanted}` : `want 1 to ${String(longest)} characters`
  return text(wanted, (value) => {
    if (hasLoneSurrogate(value)) return loneSurrogate
    const isTooLong = value.length > longest && Array.from(value).length > longest
    return value === '' || isTooLong ? length : undefined
  })
}

/** A Prometheus duration as milliseconds, within bounds. */
export function duration(leastMs: number, mostMs = longestMs) {
  const wanted = 'want a duration such as 15s or 1m30s'
  const range = `${leastMs === 0 ? 'want' : 'want more than 0s and'} at most ${mostMs === longestMs ? '24d' : '1m'}`
  return z.string(wanted).transform((value, context) => {
    const ms = parseDuration(value)
    if (ms !== undefined && ms >= leastMs && ms <= mostMs) return ms
    context.addIssue({ code: 'custom', message: ms === undefined ? wanted : range })
    return z.NEVER
  })
}

/** True for host names whose traffic does not leave the machine. */
export const isLoopback = (host: string) =>
  /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host)

const endpointForm = 'want scheme://host[:port] such as https://rtc.volcengineapi.com'

/** Scheme, host and port. */
export const endpoint = text(endpointForm.slice('want '.length), (value) => {
  const isOrigin = /^https?:\/\/[^/?#@\\\s]+\/?$/i.test(value) && URL.canParse(value)
  return isOrigin ? undefined : endpointForm
})

/** `true` or `false`, without quotes. */
export const boolean = z.boolean('want true or false')

const noPrometheusName = 'want a name that does not start with __'

const labelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'want letters, digits and _, no digit first')
  .refine((name) => !name.startsWith('__'), noPrometheusName)
  .refine((name) => name !== 'app_id' && name !== 'room_id', 'want another name, every room has it')

const labelValue = text('a text', (value) => (hasLoneSurrogate(value) ? loneSurrogate : undefined))

/** Label names that are free on `rtc_room_info`, and their values. */
export const labels = z
  .unknown()
  .superRefine((value, context) => {
    // z.record leaves this key out without a word.
    if (!(value instanceof Object && Object.hasOwn(value, '__proto__'))) return
    context.addIssue({ code: 'custom', path: ['__proto__'], message: noPrometheusName })
  })
  .pipe(z.record(labelName, labelValue, 'want a map of texts').nullish())
  .optional()
