import { createHash, createHmac } from 'node:crypto'

/** What proves to the API who asks. Secret: never logged, never part of an error. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Only with temporary credentials. */
  readonly sessionToken?: string
}

/** A GET of `/` with an empty body, as far as its signature depends on it. */
export interface SignableQuery {
  /** Exactly the `Host` header that is sent, with the port where the URL has one. */
  readonly host: string
  /** Exactly the query string that is sent, made by {@link canonicalQuery}. */
  readonly query: string
  readonly region: string
  /** `rtc` when left out. */
  readonly service?: string
  readonly credentials: Credentials
  /** When the request is sent; the API refuses it 900 s later. */
  readonly date: Date
}

/** Signs one query: the headers to send besides `Host`, names in lower case. */
export type Sign = (query: SignableQuery) => Record<string, string>

const emptyBodyHash = sha256('')

/**
 * Query string of `parameters`, names sorted by byte value, percent-encoded as in RFC 3986 over UTF-8.
 * The same string is signed and put into the URL.
 * @throws URIError when a name or a value holds a lone surrogate.
 */
export function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&')
}

/** Step 4 of Volcengine's signature V4: the request as both sides write it down, lines joined by `\n`. */
export function canonicalRequest(query: SignableQuery): string {
  const headers = Object.entries({ host: query.host, ...sentHeaders(query) })
  const lines = headers.map(([name, value]) => `${name}:${value.trim()}`)
  const names = headers.map(([name]) => name).join(';')
  return ['GET', '/', query.query, ...lines, '', names, emptyBodyHash].join('\n')
}

/** Step 5: date, scope and the hash of the canonical request, which is what the key signs. */
export function stringToSign(query: SignableQuery): string {
  const hash = sha256(canonicalRequest(query))
  return ['HMAC-SHA256', timestamp(query.date), scopeOf(query), hash].join('\n')
}

/**
 * A signer by Volcengine's OpenAPI signature V4 (header form). It keeps the last derived key, which
 * changes only with the day, the region and the secret: use one signer for each account.
 */
export function createSigner(): Sign {
  let kept: { secret: string; scope: string; key: Buffer } | undefined
  return (query) => {
    const { accessKeyId, secretAccessKey } = query.credentials
    const scope = scopeOf(query)
    if (kept?.secret !== secretAccessKey || kept.scope !== scope) {
      kept = { secret: secretAccessKey, scope, key: deriveKey(secretAccessKey, scope) }
    }
    const headers = sentHeaders(query)
    const names = ['host', ...Object.keys(headers)].join(';')
    const signature = hmac(kept.key, stringToSign(query)).toString('hex')
    return {
      ...headers,
      authorization: `HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    }
  }
}

/** `date` as the `X-Date` header has it: UTC `YYYYMMDDTHHMMSSZ`, milliseconds cut. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d+/g, '')
}

/** The headers that are signed besides `host`, sorted by name. */
function sentHeaders({ date, credentials }: SignableQuery): Record<string, string> {
  return {
    'x-content-sha256': emptyBodyHash,
    'x-date': timestamp(date),
    ...(credentials.sessionToken !== undefined && { 'x-security-token': credentials.sessionToken }),
  }
}

function scopeOf({ date, region, service = 'rtc' }: SignableQuery): string {
  return `${timestamp(date).slice(0, 8)}/${region}/${service}/request`
}

/** An HMAC chain over the parts of the scope; it starts from the raw secret, without a prefix. */
function deriveKey(secret: string, scope: string): Buffer {
  const start: Buffer = Buffer.from(secret)
  return scope.split('/').reduce((key, part) => hmac(key, part), start)
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
