import type { Config } from './config/config.ts'
import { planOf } from './config/plan.ts'
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
  readonly configReload: () => Status['configReload']
  readonly about: Pick<Status, 'version' | 'telemetryPath' | 'shard'>
}

/** How long a sweep takes and how old a value gets by the plan, in milliseconds. */
function predictionOf(config: Config) {
  const { accounts } = planOf(config)
  const ages = accounts.flatMap(({ classes }) => classes.map(({ ageBoundMs }) => ageBoundMs))
  return {
    plannedSweepMs: Math.max(0, ...accounts.map(({ sweepMs }) => sweepMs)),
    predictedAgeMs: Math.max(0, ...ages),
  }
}

/** Gathers what the pages and the JSON show. */
export function createView({ fleet, clock, config, configReload, about }: ViewParts): View {
  let predicted = { config: config(), ...predictionOf(config()) }

  function prediction() {
    if (predicted.config !== config()) predicted = { config: config(), ...predictionOf(config()) }
    return predicted
  }

  return {
    clock,
    rooms: fleet.table,
    history: fleet.history,
    dueMs: fleet.dueMs,
    explain: fleet.explain,
    status() {
      const { plannedSweepMs, predictedAgeMs } = prediction()
      return {
        ...about,
        plannedSweepMs,
        predictedAgeMs,
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
