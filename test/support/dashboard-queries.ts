import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const folder = join(import.meta.dirname, '../../deploy/grafana/dashboards')

const Link = z.object({ title: z.string().min(1), url: z.string() })
const Property = z.object({ id: z.string(), value: z.unknown() })
const DataSource = z.object({ type: z.literal('prometheus'), uid: z.string() })

const Target = z.object({
  refId: z.string().regex(/^[A-Z]$/),
  expr: z.string().min(1),
  instant: z.boolean(),
  range: z.boolean(),
  format: z.enum(['time_series', 'table', 'heatmap']).optional(),
  datasource: DataSource,
})

const Panel = z.object({
  id: z.int().positive(),
  type: z.string(),
  title: z.string().min(1),
  description: z.string().optional(),
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int().max(24), h: z.int() }),
  datasource: DataSource.optional(),
  targets: z.array(Target).default([]),
  transformations: z.array(z.object({ id: z.string(), options: z.unknown() })).default([]),
  fieldConfig: z
    .object({
      defaults: z.object({
        unit: z.string().optional(),
        mappings: z.array(z.unknown()).optional(),
      }),
      overrides: z.array(z.object({ matcher: z.unknown(), properties: z.array(Property) })),
    })
    .optional(),
})

const Variable = z.object({
  name: z.string(),
  type: z.enum(['datasource', 'query']),
  query: z.union([z.string(), z.object({ query: z.string() })]),
  datasource: DataSource.optional(),
  multi: z.boolean(),
  includeAll: z.boolean(),
  allValue: z.string().optional(),
  current: z.object({ value: z.string() }).optional(),
})
type Variable = z.infer<typeof Variable>

/** A Grafana dashboard, as far as the tests look into it. */
export const Dashboard = z.object({
  uid: z.string().regex(/^[a-z-]{1,40}$/),
  title: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()).min(1),
  refresh: z.string().regex(/^\d+[sm]$/),
  time: z.object({ from: z.string().startsWith('now-'), to: z.literal('now') }),
  schemaVersion: z.int(),
  links: z.array(Link.extend({ includeVars: z.literal(true), keepTime: z.literal(true) })),
  templating: z.object({ list: z.array(Variable) }),
  panels: z.array(Panel),
})
export type Dashboard = z.infer<typeof Dashboard>

/** The committed dashboards by file name. @throws ZodError when one is not of Grafana's shape. */
export function readDashboards(): Map<string, Dashboard> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return new Map(
    names.map((name) => [
      name,
      Dashboard.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))),
    ]),
  )
}

/** Something that Grafana asks Prometheus when a dashboard is open, its variables filled in. */
export interface DashboardQuery {
  /** File name of the dashboard, such as `rooms.json`. */
  readonly dashboard: string
  /** Title of the panel, or `$name` of a variable. */
  readonly panel: string
  readonly refId: string
  /** `label_values`: `/api/v1/label/{label}/values?match[]={expr}`; else `query`, `query_range`. */
  readonly kind: 'instant' | 'range' | 'label_values'
  readonly expr: string
  /** The label asked for; only on `label_values`. */
  readonly label?: string
}

/** Values for the dashboards' variables by name; several stand for a multi-value choice. */
export type VariableValues = Readonly<Record<string, string | readonly string[]>>

const builtIn = { __rate_interval: '1m', __interval: '15s', __range: '10m' }

/**
 * Every query of every panel and variable of the committed dashboards. A variable that `values`
 * leaves out is at All or at its default, as when the dashboard is first opened; Grafana's own
 * intervals are 1m, 15s and 10m unless `values` says otherwise.
 * @throws when a variable has neither a value nor a default.
 */
export function dashboardQueries(values: VariableValues): DashboardQuery[] {
  return [...readDashboards()].flatMap(([dashboard, { panels, templating }]) => {
    const fill = (text: string) => filled(text, templating.list, { ...builtIn, ...values })
    const menus = templating.list.flatMap((variable): DashboardQuery[] => {
      const query = typeof variable.query === 'string' ? '' : variable.query.query
      const [, expr, label] = /^label_values\((.+), (\w+)\)$/s.exec(query) ?? []
      if (expr === undefined || label === undefined) return []
      const panel = `$${variable.name}`
      return [{ dashboard, panel, refId: 'A', kind: 'label_values', expr: fill(expr), label }]
    })
    const shown = panels.flatMap(({ title, targets }) =>
      targets.map(({ refId, expr, instant }): DashboardQuery => {
        const kind = instant ? 'instant' : 'range'
        return { dashboard, panel: title, refId, kind, expr: fill(expr) }
      }),
    )
    return [...menus, ...shown]
  })
}

/** Does what Grafana does with `$name`, `${name}` and `${name:format}`. */
function filled(text: string, variables: readonly Variable[], values: VariableValues): string {
  return text.replace(/\$(?:(\w+)|\{(\w+)(?::(\w+))?\})/g, (_, plain, braced, format) => {
    const name = String(plain ?? braced)
    const variable = variables.find((each) => each.name === name)
    const value = values[name] ?? variable?.current?.value
    if (value === undefined) throw new Error(`no value for the variable "${name}" in ${text}`)
    if (value === '$__all') return String(variable?.allValue)
    return formatted(typeof value === 'string' ? [value] : value, String(format ?? 'raw'))
  })
}

function formatted(values: readonly string[], format: string): string {
  if (format === 'raw') return values.join(',')
  if (format !== 'regex') throw new Error(`the format "${format}" is not used in queries`)
  const escaped = values.map((value) => value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&'))
  return escaped.length === 1 ? escaped.join('') : `(${escaped.join('|')})`
}
