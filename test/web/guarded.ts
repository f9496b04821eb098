import { rename, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { request as requestPlain } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach } from '@jest/globals'
import { hashSync } from 'bcryptjs'
import { serve } from '../../src/access.ts'
import { formatProblems } from '../../src/config/config.ts'
import { readWebConfig } from '../../src/config/web-config.ts'
import { createLogger } from '../../src/logger.ts'
import { folderWith } from '../config/folder.ts'
import { createManualClock } from '../support/clock.ts'

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A bcrypt hash of the lowest cost. */
export const hashOf = (password: string) => hashSync(password, 4)

/** What a server answered. */
export interface Answered {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How to ask; certificates are PEM. */
export interface Asking {
  /** `user:password`. */
  readonly auth?: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly localAddress?: string
  readonly minVersion?: 'TLSv1'
  readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2'
  readonly ciphers?: string
}

/** Asks once, on a connection of its own. */
export async function ask(url: string, asking: Asking = {}): Promise<Answered> {
  const send = url.startsWith('https:') ? request : requestPlain
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    send(url, { ...asking, agent: false }, resolve)
      .on('error', reject)
      .end()
  })
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/**
 * A server that answers `hello` to whom `web.yml` among these files lets in, on a clock that stands
 * still. It is closed after the test.
 */
export async function guarded(files: Readonly<Record<string, string>>) {
  const folder = await folderWith(files)
  const read = () => readWebConfig(join(folder, 'web.yml'))
  const initial = await read()
  if ('problems' in initial) throw new Error(formatProblems(initial.problems).join('\n'))
  const clock = createManualClock()
  const lines: string[] = []
  const log = createLogger({ level: 'info', format: 'logfmt' }, (line) => {
    lines.push(
      line
        .replace(/^ts=\S+ /, '')
        .replaceAll(`${folder}/`, '')
        .trim(),
    )
  })
  const server = await serve(
    (_request, response) => {
      response.end('hello')
    },
    {
      addresses: [{ host: '127.0.0.1', port: 0 }],
      web: { initial, read },
      log,
      clock,
      broke: (error) => {
        throw error
      },
    },
  )
  closers.push(() => server.close(0))
  const [url = ''] = server.urls

  return {
    url,
    clock,
    /** The log so far, without the time. */
    lines,
    /** Stops it, cutting what is open. */
    stop: () => server.close(0),
    /** Replaces files at once, as a rename does. */
    async write(changed: Readonly<Record<string, string>>) {
      for (const [name, content] of Object.entries(changed)) {
        await writeFile(join(folder, 'new'), content)
        await rename(join(folder, 'new'), join(folder, name))
      }
    },
    /** Lets time pass until the log has a new line like this. */
    async logged(pattern: RegExp) {
      const seen = lines.length
      while (!lines.slice(seen).some((line) => pattern.test(line))) await clock.pass(1000)
    },
  }
}
