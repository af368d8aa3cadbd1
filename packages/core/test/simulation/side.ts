import type { RouterEvent } from '../../src/engine/event.ts'
import type { Middleware } from '../../src/middleware/middleware.ts'
import { createRouter } from '../../src/router/router.ts'
import type { Router } from '../../src/router/router.ts'
import type { ReloadOptions } from '../../src/router/options.ts'
import { createSeededRandom } from '../../src/runtime/random.ts'
import type { Store } from '../../src/store/store.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'
import type { Caller } from './caller.ts'
import type { Configuration } from './configuration.ts'
import type { CreateInvariant, Invariant, Violate } from './invariant.ts'
import { routerId } from './invariant.ts'
import type { RunBook } from './run-book.ts'
import { createRunBook } from './run-book.ts'
import type { Scenario } from './scenario.ts'
import type { Staff } from './staff.ts'
import { createStaff } from './staff.ts'
import type { World } from './world.ts'

/** One of the routers of a simulation, and all that watches it. */
export interface Side {
  readonly router: Router
  readonly book: RunBook
  readonly watching: readonly Invariant[]
  readonly callers: Caller[]
  /** What is in force. */
  configuration: Configuration
  staff: Staff
  /** All options besides routes and providers, for `reload`. */
  readonly common: Omit<ReloadOptions, 'routes' | 'providers'>
}

/** What sides are made of. */
export interface SideParts {
  readonly scenario: Scenario
  readonly clock: FakeClock
  readonly world: World
  readonly store: Store | undefined
  readonly invariants: readonly CreateInvariant[]
  readonly loadingUntil: Map<string, number>
  readonly violate: Violate
  readonly count: (what: string) => void
}

/** Passes everything on, as most middlewares do. */
const passing: Middleware = {
  name: 'passing',
  chat: (request, next) => next(request),
  async *stream(request, next) {
    yield* next(request)
  },
}

function tally(event: RouterEvent, count: (what: string) => void): void {
  count(event.type)
  if (event.type === 'attempt-started') count(`attempt: ${event.reason}`)
  if (event.type === 'attempt-failed') {
    const { kind, key } = event.attempt
    count(`failure: ${kind}`)
    if (key !== undefined) count(`failure by key: ${kind}`)
  }
  if (event.type === 'target-excluded') count(`exclusion: ${event.exclusion.reason}`)
}

export function createSide(index: number, parts: SideParts): Side {
  const { scenario, clock, world, store, violate, count } = parts
  const { targets } = scenario
  const priceOf = new Map(targets.map(({ target, price }) => [target, price]))
  const common = {
    env: {},
    circuit: scenario.circuit,
    retryBudget: scenario.retryBudget,
    prices: { priceOf: (provider: string, model: string) => priceOf.get(`${provider}/${model}`) },
    ...(scenario.layered ? { middleware: [passing] } : {}),
  }
  let { configuration } = scenario
  let staff = createStaff(world, configuration.pools)
  const pools = (): Staff['pools'] => staff.pools
  const book = createRunBook(routerId, () => configuration, pools)
  const rules = { scenario, configuration: () => configuration, pools, loadingUntil: parts.loadingUntil }
  const watching = parts.invariants.map((create) => create(rules, violate))
  const router = createRouter({
    ...common,
    id: routerId,
    providers: [...staff.providers.values()],
    routes: configuration.routes,
    clock,
    random: createSeededRandom(scenario.seed + 2 + 1000 * index),
    ...(store ? { store } : {}),
    onEvent: (event) => {
      const at = clock.now()
      const run = book.note(event, at)
      tally(event, count)
      for (const { see } of watching) see?.(event, at, run)
    },
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      // The engine logs an error when a listener or a strategy threw, and when a configuration is rejected.
      error: (message, fields) => {
        if (message.startsWith('an event listener')) violate(`${message}: ${JSON.stringify(fields)}`)
        count(`error: ${message}`)
      },
    },
  })
  return {
    router,
    book,
    watching,
    callers: [],
    common,
    get configuration() {
      return configuration
    },
    set configuration(next) {
      configuration = next
    },
    get staff() {
      return staff
    },
    set staff(next) {
      staff = next
    },
  }
}
