import { setImmediate } from 'node:timers/promises'

const longestMs = 2

/** Cuts long work into pieces of about 2 ms, so that polls and other requests get their turn between. */
export function createPauses() {
  let startedAt = performance.now()

  return {
    /** Whether the work has lasted long enough without a pause. */
    isDue: () => performance.now() - startedAt > longestMs,
    /** Lets the event loop run. */
    async take() {
      await setImmediate()
      startedAt = performance.now()
    },
  }
}
