import type { FaultName } from './faults.ts'

/** Whom an injected fault hits; what is left out does not matter. */
export interface Target {
  readonly accessKeyId?: string
  readonly appId?: string
  readonly roomId?: string
}

/** A fault to answer with instead of the truth. */
export interface Injection extends Target {
  readonly fault: FaultName
  /** How many requests it hits before it is gone; every one until it is cleared when left out. */
  readonly times?: number
  /** Share of the requests that it hits, over 0 to 1; 1 when left out. */
  readonly probability?: number
}

/** The faults in force. */
export interface Injections {
  /** Puts a fault in force and returns the id to clear it by. */
  add(injection: Injection): number
  /** Ends one, or all without an id. */
  clear(id?: number): void
  list(): readonly (Injection & { readonly id: number })[]
  /** The fault that hits this request, if any: of several the one that was added first. */
  pick(request: Required<Target>): FaultName | undefined
}

/** Faults in force; `random` decides where a probability is given. */
export function createInjections(random: () => number): Injections {
  const active = new Map<number, Injection>()
  let lastId = 0

  const isMeant = (wanted: string | undefined, given: string | undefined) =>
    wanted === undefined || wanted === given

  return {
    add(injection) {
      active.set(++lastId, injection)
      return lastId
    },
    clear(id) {
      if (id === undefined) active.clear()
      else active.delete(id)
    },
    list: () => [...active].map(([id, injection]) => ({ id, ...injection })),
    pick(request) {
      for (const [id, injection] of active) {
        const { fault, times, probability, accessKeyId, appId, roomId } = injection
        if (!isMeant(accessKeyId, request.accessKeyId)) continue
        if (!isMeant(appId, request.appId) || !isMeant(roomId, request.roomId)) continue
        if (probability !== undefined && random() >= probability) continue
        if (times === 1) active.delete(id)
        else if (times !== undefined) active.set(id, { ...injection, times: times - 1 })
        return fault
      }
      return undefined
    },
  }
}
