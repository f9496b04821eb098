import type { IncomingHttpHeaders } from 'node:http'
import { canonicalQuery, createSigner } from '../volc/signature.ts'
import type { Credentials } from '../volc/signature.ts'
import type { ErrorCodeName } from './codes.ts'

/** A request as it came in, before anything was decoded. */
export interface ApiRequest {
  readonly method: string
  readonly path: string
  /** The raw query string without its question mark. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
}

const validForMs = 900_000
const authorizationPattern =
  /^HMAC-SHA256 Credential=([^/, ]+)\/(\d{8})\/([^/, ]+)\/([^/, ]+)\/request, SignedHeaders=[a-z0-9;-]+, Signature=([0-9a-f]*)$/

/** The key id that a request names, right or wrong; empty without one. */
export function accessKeyIdOf(request: ApiRequest): string {
  return authorizationPattern.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

/** The parameters of a raw query string; undefined when its percent-encoding is broken. */
export function parseQuery(query: string): Readonly<Record<string, string>> | undefined {
  try {
    return Object.fromEntries(
      query.split('&').map((pair) => {
        const [name = '', ...value] = pair.split('=')
        return [decodeURIComponent(name), decodeURIComponent(value.join('='))]
      }),
    )
  } catch {
    return undefined
  }
}

/**
 * Checks signatures as the API does: over the raw query string and the `Host` header that were
 * received. It is stricter in one point, for a query that is not in its canonical form is refused.
 */
export function createVerifier(accounts: readonly Credentials[], region: string) {
  const signers = new Map(
    accounts.map((account) => [account.accessKeyId, { account, sign: createSigner() }]),
  )

  /** The error for a request at `nowMs` (Unix milliseconds), or undefined for a good one. */
  return ({ headers, query }: ApiRequest, nowMs: number): ErrorCodeName | undefined => {
    if (headers.authorization === undefined) return 'MissingAuthenticationToken'
    const parts = authorizationPattern.exec(headers.authorization)
    if (parts === null) return 'InvalidAuthorization'
    const [, accessKeyId = '', day, namedRegion, service, signature] = parts
    if (signature === '') return 'MissingSignature'

    const xDate = headers['x-date']
    if (typeof xDate !== 'string') return 'MissingRequestInfo'
    const date = parseTimestamp(xDate)
    if (date === undefined || Math.abs(nowMs - date.getTime()) > validForMs)
      return 'InvalidTimestamp'

    const signer = signers.get(accessKeyId)
    if (signer === undefined) return 'InvalidAccessKey'
    if (day !== xDate.slice(0, 8) || namedRegion !== region) return 'InvalidCredential'
    if (service !== 'rtc') return 'ServiceNotFound'
    const { account, sign } = signer
    if (account.sessionToken !== headers['x-security-token']) return 'InvalidSecretToken'

    const expected = sign({ host: headers.host ?? '', query, region, credentials: account, date })
    const isSigned = Object.entries(expected).every(([name, value]) => headers[name] === value)
    return isSigned && isCanonical(query) ? undefined : 'SignatureDoesNotMatch'
  }
}

function isCanonical(query: string): boolean {
  const parameters = parseQuery(query)
  return parameters !== undefined && canonicalQuery(parameters) === query
}

function parseTimestamp(text: string): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/
  if (!parts.test(text)) return undefined
  const date = new Date(text.replace(parts, '$1-$2-$3T$4:$5:$6Z'))
  return Number.isNaN(date.getTime()) ? undefined : date
}
