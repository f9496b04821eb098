import { dashboard, type Page } from './dashboard.ts'
import { exporterPage } from './exporter.ts'
import { roomPage } from './room.ts'
import { roomsPage } from './rooms.ts'

const pages: readonly Page[] = [roomsPage, roomPage, exporterPage]

/** The file name and the text of every dashboard, as it stands in `deploy/grafana/dashboards`. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  return new Map(
    pages.map((page) => [`${page.name}.json`, `${JSON.stringify(dashboard(page), null, 2)}\n`]),
  )
}
