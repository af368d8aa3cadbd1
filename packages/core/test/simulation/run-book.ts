import type { RouterEvent } from '../../src/engine/event.ts'
import type { Attempt } from '../../src/provider/ledger.ts'
import type { Caller } from './caller.ts'

/** An attempt from its start, as events told it. */
export interface StartedAttempt {
  readonly number: number
  readonly target: string
  readonly reason: Attempt['reason']
  readonly at: number
  /** Its line in the ledger, once it has ended. */
  line?: Attempt
  endedAt?: number
  /** The run inside, where the target is a route. */
  inner?: Run
}

/** One request of the router, a caller's or that of a route within a route, as events told it. */
export interface Run {
  readonly number: number
  readonly route: string
  readonly streamed: boolean
  readonly startedAt: number
  /** The caller, where it is not the request of a route within. */
  readonly caller?: Caller
  readonly attempts: StartedAttempt[]
  readonly ends: RouterEvent['type'][]
  endedAt?: number
}

/** Keeps a record of every run from the router's events alone. */
export interface RunBook {
  readonly runs: ReadonlyMap<number, Run>
  /** Notes an event; the run it belongs to, if any. */
  readonly note: (event: RouterEvent, at: number) => Run | undefined
  /** Runs `take`, during which `caller` is the one whose request the router takes. */
  readonly around: <T>(caller: Caller, take: () => T) => T
}

/** @param routerId id under which routes are targets */
export function createRunBook(routerId: string): RunBook {
  const runs = new Map<number, Run>()
  let asking: Caller | undefined
  /** An attempt on a route, which the very next event shows to have begun a run of its own. */
  let opening: StartedAttempt | undefined

  const begin = (event: Extract<RouterEvent, { type: 'request-started' }>, at: number): Run => {
    const parent = opening?.target === `${routerId}/${event.route}` ? opening : undefined
    const { request: number, route, stream: streamed } = event
    const origin = parent === undefined && asking !== undefined ? { caller: asking } : {}
    const run: Run = { number, route, streamed, startedAt: at, attempts: [], ends: [], ...origin }
    if (parent) parent.inner = run
    runs.set(number, run)
    return run
  }

  const note = (event: RouterEvent, at: number): Run | undefined => {
    if (!('request' in event)) return undefined
    if (event.type === 'request-started') {
      const run = begin(event, at)
      opening = undefined
      return run
    }
    opening = undefined
    const run = runs.get(event.request)
    if (run === undefined) throw new Error(`an event of request ${event.request}, which never started`)
    switch (event.type) {
      case 'attempt-started': {
        const { number, target, reason } = event
        opening = { number, target, reason, at }
        run.attempts.push(opening)
        break
      }
      case 'attempt-succeeded':
      case 'attempt-failed':
      case 'attempt-aborted':
      case 'attempt-outraced': {
        const attempt = run.attempts.find(({ number, line }) => number === event.attempt.number && line === undefined)
        if (attempt === undefined) throw new Error(`request ${run.number} ended an attempt that did not run`)
        attempt.line = event.attempt
        attempt.endedAt = at
        break
      }
      case 'request-succeeded':
      case 'request-failed':
      case 'request-aborted':
        run.ends.push(event.type)
        run.endedAt = at
        break
      case 'target-excluded':
      case 'retry-scheduled':
      case 'stream-committed':
        break
    }
    return run
  }

  return {
    runs,
    note,
    around: (caller, take) => {
      asking = caller
      try {
        return take()
      } finally {
        asking = undefined
      }
    },
  }
}
