import type { RequestListener } from 'node:http'
import { formatProblem, formatProblems } from './config/config.ts'
import { watchContent } from './config/watch.ts'
import type { ReadWebResult, WebConfig } from './config/web-config.ts'
import type { Logger } from './logger.ts'
import type { Clock } from './room.ts'
import { createAccess } from './web/access.ts'
import type { Address, Listening } from './web/listen.ts'
import { listen } from './web/listen.ts'
import { createRefusals } from './web/refusals.ts'

/** A web configuration that can be used. */
export type ReadWebConfig = Extract<ReadWebResult, { webConfig: WebConfig }>

/** Where TLS and users come from. */
export interface WebSource {
  /** The web configuration to begin with. */
  readonly initial: ReadWebConfig
  /** Reads it again. */
  readonly read: () => Promise<ReadWebResult>
}

/** What a guarded server is built from. */
export interface ServeParts {
  readonly addresses: readonly Address[]
  /** Absent: plain HTTP for everybody. */
  readonly web?: WebSource | undefined
  readonly log: Logger
  readonly clock: Clock
  /** Told when the program cannot go on. */
  readonly broke: (error: unknown) => void
}

/** How often the web configuration and the files that it names are looked at, in milliseconds. */
const lookIntervalMs = 1000

/**
 * Listens, and lets in whom the web configuration says, also after it changed. An invalid one is
 * logged and the last good one stays.
 * @throws the errors of listening, such as `EADDRINUSE`
 */
export async function serve(
  listener: RequestListener,
  { addresses, web, log, clock, broke }: ServeParts,
): Promise<Pick<Listening, 'urls' | 'close'>> {
  if (web === undefined) return listen(listener, addresses)
  const stopping = new AbortController()
  const { signal } = stopping
  const refused = createRefusals({ log, sleep: clock.sleep, signal })
  let webConfig = accept(web.initial)
  let { files } = web.initial
  const access = createAccess({ rules: webConfig, monotonic: clock.monotonic, refused })
  const listening = await listen(access.guard(listener), addresses, {
    tls: webConfig.tls,
    refusedTls: (remote) => {
      refused('tls handshake', remote)
    },
  })

  function accept(read: ReadWebConfig): WebConfig {
    for (const warning of read.warnings)
      log.warn('web configuration warning', { problem: formatProblem(warning) })
    const { tls, users } = read.webConfig
    log.info('web configuration', { tls: tls !== undefined, users: users.size })
    return read.webConfig
  }

  function reread(read: ReadWebResult): void {
    const problems = 'problems' in read ? formatProblems(read.problems) : switched(read.webConfig)
    for (const problem of problems) log.error('web configuration problem', { problem })
    if (problems.length > 0 || 'problems' in read) {
      // What the faulty one names is watched as well: it may be all that is missing.
      files = [...new Set([...files, ...read.files])]
      log.error('web configuration not taken over, the old one stays')
      return
    }
    ;({ files } = read)
    webConfig = accept(read)
    access.set(webConfig)
    if (webConfig.tls) listening.setTls(webConfig.tls)
  }

  /** What only a restart can change: a socket speaks plain HTTP or TLS for as long as it listens. */
  function switched({ tls }: WebConfig): string[] {
    if ((tls === undefined) === (webConfig.tls === undefined)) return []
    return [`TLS is to be switched ${tls ? 'on' : 'off'}, want a restart for it`]
  }

  watchContent({
    paths: () => files,
    intervalMs: lookIntervalMs,
    sleep: clock.sleep,
    signal,
    onChange: async () => {
      reread(await web.read())
    },
  }).catch(broke)

  return {
    urls: listening.urls,
    async close(deadlineMs) {
      stopping.abort()
      await listening.close(deadlineMs)
      await access.close()
    },
  }
}
