import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dashboardFiles } from './pages.ts'

// `npm run dashboards`: writes the dashboards that Grafana reads from the source beside this file.
for (const [name, text] of dashboardFiles()) {
  writeFileSync(join(import.meta.dirname, '../dashboards', name), text)
}
