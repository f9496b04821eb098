import { formatTime } from './format.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import { markShapes } from './marks.ts'
import type { Status } from './view.ts'

/** What stands in the frame of every page. */
export interface Frame {
  readonly title: string
  readonly status: Pick<Status, 'version' | 'telemetryPath' | 'shard'>
  /** Unix milliseconds. */
  readonly nowMs: number
  /** Whether the page is to keep itself up to date. */
  readonly isLive: boolean
}

function shardText({ index, count }: Status['shard']): string {
  return count > 1 ? `, shard ${String(index)} of ${String(count)}` : ''
}

/** A whole page. Elements with `data-live` are brought up to date by `page.js`, by their id. */
export function layout({ title, status, nowMs, isLive }: Frame, main: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/page.css" />
        ${isLive && html`<script src="/assets/page.js" type="module"></script>`}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        ${markShapes}
        <header class="top">
          <p class="name">
            <a href="/">rtc-room-exporter</a>
            <span class="quiet">${status.version}${shardText(status.shard)}</span>
          </p>
          <nav aria-label="Other views">
            <a href="${status.telemetryPath}">Metrics</a><a href="/config">Configuration</a
            ><a href="/api/v1/status">JSON</a>
          </nav>
          <p class="updated quiet" id="updated">
            as of <time datetime="${new Date(nowMs).toISOString()}">${formatTime(nowMs)}</time> UTC
          </p>
        </header>
        <main id="main" tabindex="-1">
          <p class="unseen" id="said" role="status" aria-live="polite"></p>
          ${main}
        </main>
      </body>
    </html> `
}
