import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { freePort, runProgram } from './program.ts'

const Answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
})

/** One series of an instant query's answer. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Starts Debian's Prometheus with a configuration (YAML) on a free port. The caller stops it. */
export async function startPrometheus(config: string, flags: readonly string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'))
  const file = join(folder, 'prometheus.yml')
  await writeFile(file, config)
  const url = `http://127.0.0.1:${String(await freePort())}`
  const program = runProgram('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${url.slice('http://'.length)}`,
    ...flags,
  ])
  await program.printed(/Server is ready to receive web requests/)
  return {
    url,
    folder,
    /** Runs an instant query. */
    async query(expression: string): Promise<Sample[]> {
      const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)
      const { data } = Answer.parse(await response.json())
      return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
    },
    async stop() {
      await program.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** A running Prometheus; see {@link startPrometheus}. */
export type Prometheus = Awaited<ReturnType<typeof startPrometheus>>

/** A configuration that scrapes one target every second. */
export function scrapeConfig(target: string): string {
  return `global:
  scrape_interval: 1s
scrape_configs:
  - job_name: rtc-room-exporter
    static_configs:
      - targets: ['${target.replace(/^https?:\/\//, '')}']
`
}
