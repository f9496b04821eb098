/** How much may wait. */
export interface TurnLimits {
  /** Jobs of one key that wait or run. */
  readonly perKey: number
  /** Keys with jobs. */
  readonly keys: number
}

/**
 * Runs one job at a time and gives the keys turns, so that a key with many jobs holds up the
 * others by one job at most for each of its own. `take` is undefined when too much waits already.
 */
export function createTurns({ perKey, keys }: TurnLimits) {
  const waiting = new Map<string, (() => Promise<void>)[]>()
  let isRunning = false

  async function run(): Promise<void> {
    isRunning = true
    for (let next = waiting.entries().next(); !next.done; next = waiting.entries().next()) {
      const [key, jobs] = next.value
      await jobs[0]?.()
      jobs.shift()
      waiting.delete(key)
      if (jobs.length > 0) waiting.set(key, jobs)
    }
    isRunning = false
  }

  return {
    take<T>(key: string, job: () => Promise<T>): Promise<T> | undefined {
      const jobs = waiting.get(key) ?? []
      if (jobs.length >= perKey || (jobs.length === 0 && waiting.size >= keys)) return undefined
      return new Promise((resolve, reject) => {
        jobs.push(() => job().then(resolve, reject))
        waiting.set(key, jobs)
        if (!isRunning) void run()
      })
    },
  }
}
