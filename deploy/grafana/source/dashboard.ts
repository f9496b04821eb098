import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkType,
  defaultDashboard,
  type Panel,
  RowBuilder,
  type RowPanel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'

/** The dashboards' names in addresses; links and bookmarks rest on them. */
export const uids = { rooms: 'rtc-rooms', room: 'rtc-room', exporter: 'rtc-exporter' } as const

/** One dashboard, before its panels have places and numbers. */
export interface Page {
  readonly name: keyof typeof uids
  readonly title: string
  readonly description: string
  readonly from: string
  readonly variables: readonly Builder<VariableModel>[]
  /** Titled rows of panels, from the top. */
  readonly rows: Readonly<Record<string, readonly Builder<Panel>[]>>
}

const titles = { rooms: 'Rooms', room: 'Room', exporter: 'Exporter' } as const

/** A page as Grafana's classic dashboard JSON, which file provisioning reads in every version. */
export function dashboard(page: Page): ReturnType<typeof defaultDashboard> {
  return {
    ...defaultDashboard(),
    uid: uids[page.name],
    title: page.title,
    description: page.description,
    tags: ['rtc', 'rtc-room-exporter'],
    graphTooltip: DashboardCursorSync.Crosshair,
    time: { from: page.from, to: 'now' },
    refresh: '30s',
    links: links(page.name),
    templating: { list: page.variables.map((variable) => variable.build()) },
    annotations: { list: [] },
    panels: placed(page.rows),
  }
}

/** Numbers the panels and sets them left to right, top to bottom, 24 columns wide. */
function placed(rows: Page['rows']): (Panel | RowPanel)[] {
  const panels: (Panel | RowPanel)[] = []
  let bottom = 0
  for (const [title, builders] of Object.entries(rows)) {
    const gridPos = { x: 0, y: bottom, w: 24, h: 1 }
    panels.push(
      new RowBuilder(title)
        .id(panels.length + 1)
        .gridPos(gridPos)
        .build(),
    )
    let [x, y] = [0, bottom + 1]
    bottom = y
    for (const panel of builders.map((builder) => builder.build())) {
      const { w, h } = panel.gridPos ?? { w: 24, h: 8 }
      if (x + w > 24) [x, y] = [0, bottom]
      panels.push({ ...panel, id: panels.length + 1, gridPos: { x, y, w, h } })
      x += w
      bottom = Math.max(bottom, y + h)
    }
  }
  return panels
}

function links(self: keyof typeof uids): DashboardLink[] {
  const others = (['rooms', 'room', 'exporter'] as const).filter((name) => name !== self)
  return others.map((name) => ({
    title: titles[name],
    type: DashboardLinkType.Link,
    icon: 'dashboard',
    tooltip: `To the dashboard ${titles[name]}, with the same variables and time`,
    url: `/d/${uids[name]}`,
    tags: [],
    asDropdown: false,
    targetBlank: false,
    includeVars: true,
    keepTime: true,
  }))
}
