import { AsyncLocalStorage } from 'node:async_hooks'
import type { RouterEvent } from '../../src/engine/event.ts'
import type { Attempt } from '../../src/provider/ledger.ts'
import type { Caller } from './caller.ts'
import type { Configuration, RouteScenario } from './configuration.ts'
import { routeOf } from './configuration.ts'
import { providerOf } from './keys.ts'
import type { SeenPool } from './seen-pool.ts'
import type { ProviderCall } from './world.ts'

/** An attempt from its start, as events told it. */
export interface StartedAttempt {
  readonly number: number
  readonly target: string
  /** Fingerprint of the key that it was to be made with. */
  readonly key: string | undefined
  /** The name of all that the router knows by that key of its provider; empty where there is nothing to choose from. */
  readonly by: string
  /** The same of the key that it is said to have been made with, once it has ended: at first a function has told of none. */
  endedBy: string
  readonly reason: Attempt['reason']
  readonly at: number
  /** Its line in the ledger, once it has ended. */
  line?: Attempt
  endedAt?: number
  /** The run inside, where the target is a route. */
  inner?: Run
  /** What the service saw of it, where the target is none. */
  call?: ProviderCall
}

/** One request of the router, a caller's or that of a route within a route, as events told it. */
export interface Run {
  readonly number: number
  readonly route: string
  readonly streamed: boolean
  readonly startedAt: number
  /** The configuration by which it goes, and its route there. */
  readonly configuration: Configuration
  readonly options: RouteScenario
  /** The pools of keys of providers, as its configuration has them. */
  readonly pools: ReadonlyMap<string, SeenPool>
  /** The caller, where it is not the request of a route within. */
  readonly caller?: Caller
  /** The run around it, where it is one. */
  readonly outer?: Run
  readonly attempts: StartedAttempt[]
  readonly ends: RouterEvent['type'][]
  endedAt?: number
}

/** The run that a caller asked for. */
export function outermost(run: Run): Run {
  return run.outer === undefined ? run : outermost(run.outer)
}

/** The name of what the router of a run knows by a key. */
function nameOf({ pools }: Run, target: string, key: string | undefined): string {
  return key === undefined ? '' : (pools.get(providerOf(target))?.nameOf(key) ?? '')
}

/** By whom a call is said to have been made; nobody is blamed where that key is gone, unless it was the one that was chosen. */
function blamed(run: Run, { target, key, by }: StartedAttempt, line: Attempt): string {
  if (line.key === key) return by
  const isThere = line.key !== undefined && run.pools.get(providerOf(target))?.peeked.includes(line.key) === true
  return isThere ? nameOf(run, target, line.key) : '#gone'
}

/** An attempt that has just begun. */
interface Opening {
  readonly run: Run
  readonly attempt: StartedAttempt
  /** Nothing was told of since. */
  isLatest: boolean
}

/** Keeps a record of every run from the router's events alone. */
export interface RunBook {
  readonly runs: ReadonlyMap<number, Run>
  /** Notes an event; the run it belongs to, if any. */
  readonly note: (event: RouterEvent, at: number) => Run | undefined
  /** Notes a call that reached a service; the attempt behind it, with its run. */
  readonly called: (call: ProviderCall) => { readonly run: Run; readonly attempt: StartedAttempt } | undefined
  /** Runs all that `caller` does. */
  readonly as: <T>(caller: Caller, act: () => T) => T
}

/**
 * @param routerId id under which routes are targets
 * @param configuration what the router goes by now
 * @param pools those of its providers now
 */
export function createRunBook(
  routerId: string,
  configuration: () => Configuration,
  pools: () => ReadonlyMap<string, SeenPool>,
): RunBook {
  const runs = new Map<number, Run>()
  /** Whoever acts right now. A request begins when all is loaded that it needs, which may be somewhat later. */
  const acting = new AsyncLocalStorage<Caller>()
  const served = new Set<Caller>()
  /** Attempts that began at this very moment: the call that is made for each, or the run of its route, is still to come. */
  let opening: Opening[] = []

  /** The oldest attempt that is still without what was to follow on it; what follows at once comes first. */
  const take = (fits: (one: Opening) => boolean): Opening | undefined => {
    const found = opening.findLast((one) => one.isLatest && fits(one)) ?? opening.find(fits)
    opening = opening.filter((one) => one !== found)
    return found
  }

  const begin = (event: Extract<RouterEvent, { type: 'request-started' }>, at: number): Run => {
    const { request: number, route, stream: streamed } = event
    const fits = ({ attempt }: Opening): boolean =>
      attempt.target === `${routerId}/${route}` && attempt.at === at && attempt.line === undefined
    const caller = acting.getStore()
    const isNew = caller !== undefined && !served.has(caller) && caller.plan.model === route
    const parent = opening.at(-1)?.isLatest === true || !isNew ? take(fits) : undefined
    const current = parent?.run.configuration ?? configuration()
    const options = routeOf(current, route)
    const origin = parent ? { outer: parent.run } : caller ? { caller } : {}
    if (parent === undefined && caller !== undefined) served.add(caller)
    const run: Run = {
      number,
      route,
      streamed,
      startedAt: at,
      configuration: current,
      options,
      pools: parent?.run.pools ?? pools(),
      attempts: [],
      ends: [],
      ...origin,
    }
    if (parent) parent.attempt.inner = run
    runs.set(number, run)
    return run
  }

  const note = (event: RouterEvent, at: number): Run | undefined => {
    if (!('request' in event)) return undefined
    if (event.type === 'request-started') {
      const run = begin(event, at)
      for (const one of opening) one.isLatest = false
      return run
    }
    opening = opening.filter(({ attempt }) => attempt.at === at && attempt.line === undefined)
    for (const one of opening) one.isLatest = false
    const run = runs.get(event.request)
    if (run === undefined) throw new Error(`an event of request ${event.request}, which never started`)
    switch (event.type) {
      case 'attempt-started': {
        const { number, target, reason, key } = event
        const by = nameOf(run, target, key)
        const attempt = { number, target, key, by, endedBy: by, reason, at }
        run.attempts.push(attempt)
        opening.push({ run, attempt, isLatest: true })
        break
      }
      case 'attempt-succeeded':
      case 'attempt-failed':
      case 'attempt-aborted':
      case 'attempt-outraced': {
        const attempt = run.attempts.find(({ number, line }) => number === event.attempt.number && line === undefined)
        if (attempt === undefined) throw new Error(`request ${run.number} ended an attempt that did not run`)
        attempt.line = event.attempt
        attempt.endedBy = blamed(run, attempt, event.attempt)
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
    called: (call) => {
      const found = take(
        ({ run, attempt }) => attempt.target === call.target && outermost(run).caller?.id === call.caller,
      )
      if (found !== undefined) found.attempt.call = call
      return found
    },
    as: (caller, act) => acting.run(caller, act),
  }
}
