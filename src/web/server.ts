import type { IncomingMessage, ServerResponse } from 'node:http'
import express from 'express'

/** A handler in terms of Node's own types. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

/** What a path answers, by method. A `GET` handler answers `HEAD` as well. */
export interface Route {
  readonly path: string
  readonly get?: Handler
  readonly post?: Handler
}

/** Answers `text` as it is, with a line feed behind. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}

/** The routes as one request listener; unknown paths are 404, wrong methods 405 with `Allow`. */
export function createListener(routes: readonly Route[], onError: (error: unknown) => void) {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  for (const { path, get, post } of routes) {
    const route = app.route(path)
    if (get) route.get(get)
    if (post) route.post(post)
    const allow = [...(get ? ['GET', 'HEAD'] : []), ...(post ? ['POST'] : [])].join(', ')
    route.all((_request, response) => {
      response.setHeader('allow', allow)
      sendText(response, 405, `method not allowed, use ${allow}`)
    })
  }
  app.use((_request, response) => {
    sendText(response, 404, 'not found')
  })
  app.use(
    (error: unknown, _request: IncomingMessage, response: ServerResponse, _next: () => void) => {
      if (error instanceof Object && 'status' in error && error.status === 400) {
        sendText(response, 400, 'bad request: malformed percent-encoding in the path')
        return
      }
      onError(error)
      if (response.headersSent) response.destroy()
      else sendText(response, 500, 'internal error, see the log')
    },
  )
  return (request: IncomingMessage, response: ServerResponse) => {
    app(request, response)
  }
}
