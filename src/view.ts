import type { Config } from './config/config.ts'
import type { Plan } from './config/plan.ts'
import { formatConfig } from './config/shown.ts'
import type { Fleet } from './fleet.ts'
import type { Clock } from './room.ts'
import type { Status, View } from './web/view.ts'

/** What the pages are told of. */
export interface ViewParts {
  readonly fleet: Fleet
  readonly clock: Clock
  /** The configuration in force. */
  readonly config: () => Config
  /** Its plan. */
  readonly plan: () => Plan
  readonly configReload: () => Status['configReload']
  readonly about: Pick<Status, 'version' | 'telemetryPath' | 'shard'>
}

/** How long a sweep takes and how old a value gets by the plan, in milliseconds. */
function predictionOf({ accounts }: Plan) {
  const ages = accounts.flatMap(({ classes }) => classes.map(({ ageBoundMs }) => ageBoundMs))
  return {
    plannedSweepMs: Math.max(0, ...accounts.map(({ sweepMs }) => sweepMs)),
    predictedAgeMs: Math.max(0, ...ages),
  }
}

/** Gathers what the pages and the JSON show. */
export function createView({ fleet, clock, config, plan, configReload, about }: ViewParts): View {
  return {
    clock,
    rooms: fleet.table,
    history: fleet.history,
    dueMs: fleet.dueMs,
    explain: fleet.explain,
    status() {
      return {
        ...about,
        ...predictionOf(plan()),
        accounts: fleet.accounts(),
        firstSweep: fleet.firstSweep(),
        sweepMs: fleet.sweep.lastMs(),
        oldestSuccessMs: fleet.table.oldestSuccessMs(),
        configReload: configReload(),
        samples: fleet.trends.samples(),
      }
    },
    configText: () => formatConfig(config()),
    roomsRevision: config,
  }
}
