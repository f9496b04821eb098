import { setImmediate } from 'node:timers/promises'

/**
 * Gives a function that does `work` one round at a time. Whoever calls while a round runs shares
 * the next one with all others who wait, so that what a caller gets was begun after the call. A
 * round begins in a turn of the event loop of its own; it is called with what its first caller said.
 */
export function inRounds<Said extends unknown[], Result>(
  work: (...said: Said) => Promise<Result>,
): (...said: Said) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  let next: Promise<Result> | undefined

  async function begin(before: Promise<unknown>, said: Said): Promise<Result> {
    await before
    await setImmediate()
    next = undefined
    return work(...said)
  }

  return (...said) => {
    if (next === undefined) {
      next = begin(last, said)
      last = next.catch(() => undefined)
    }
    return next
  }
}
