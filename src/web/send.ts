import type { ServerResponse } from 'node:http'
import type { Html } from './html.ts'

/** Nothing may be loaded, run, framed or sent that is not the exporter's own. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const guards = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** Answers `body` as what it is, with the headers that keep a browser from taking it for anything else. */
export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    ...guards,
  })
  response.end(body)
}

/** Answers a page. */
export function sendPage(response: ServerResponse, status: number, page: Html): void {
  send(response, status, 'text/html', page.markup)
}

/** Answers JSON, a line feed behind. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json', `${JSON.stringify(body)}\n`)
}
