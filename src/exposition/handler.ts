import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Scrape } from './scrape.ts'
import { sendBody } from './send.ts'

/** Content type of the text format 0.0.4. */
const contentType = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Answers `GET` and `HEAD` of the telemetry path. More than `maxInFlight` scrapes at a time get 503
 * at once; a client that has not read its answer `deadlineMs` after it was ready is cut off. Which
 * methods and paths come here is the web server's business.
 */
export function createMetricsHandler({
  scrape,
  maxInFlight = 16,
  deadlineMs = 30_000,
}: {
  readonly scrape: Scrape
  readonly maxInFlight?: number
  readonly deadlineMs?: number
}) {
  let inFlight = 0

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (inFlight >= maxInFlight) {
      response.writeHead(503, { 'Retry-After': '1', 'Content-Type': 'text/plain; charset=utf-8' })
      response.end('Too many scrapes at a time, try again in a second\n')
      return
    }
    inFlight++
    try {
      const gzip = acceptsGzip(request.headers['accept-encoding'])
      const body = await scrape.render({ gzip, names: wantedNames(request.url) })
      response.setHeader('Content-Type', contentType)
      response.setHeader('Vary', 'Accept-Encoding')
      if (gzip) response.setHeader('Content-Encoding', 'gzip')
      await sendBody(response, body, { deadlineMs })
    } finally {
      inFlight--
    }
  }
}

/** The families that `name[]` parameters ask for; undefined without any. */
function wantedNames(url = ''): ReadonlySet<string> | undefined {
  const queryAt = url.indexOf('?')
  if (queryAt < 0) return undefined
  const names = new URLSearchParams(url.slice(queryAt + 1)).getAll('name[]')
  return names.length === 0 ? undefined : new Set(names)
}

/** Whether an `Accept-Encoding` header takes gzip, and not identity rather (RFC 9110 §12.5.3). */
export function acceptsGzip(header = ''): boolean {
  const weights = new Map(
    header.split(',').map((entry) => {
      const [coding = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return [coding, weight === undefined ? 1 : Number(weight.slice(2))]
    }),
  )
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0)
}
