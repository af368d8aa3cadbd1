import { createHash } from 'node:crypto'
import { createRouter } from '../../src/router/router.ts'
import type { Router } from '../../src/router/router.ts'
import { createSeededRandom } from '../../src/runtime/random.ts'
import { sleep } from '../../src/runtime/sleep.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'
import type { Caller } from './caller.ts'
import { runCaller } from './caller.ts'
import { createDraw } from './draw.ts'
import type { CreateInvariant } from './invariant.ts'
import { routerId } from './invariant.ts'
import { blame } from './invariants/blame.ts'
import { budgets } from './invariants/budgets.ts'
import { circuits } from './invariants/circuits.ts'
import { ledgers } from './invariants/ledgers.ts'
import { outcomes } from './invariants/outcomes.ts'
import { pausesHold } from './invariants/pauses.ts'
import { nothingRemains } from './invariants/remains.ts'
import { streams } from './invariants/streams.ts'
import { createRunBook } from './run-book.ts'
import { createScenario } from './scenario.ts'
import { drawCaller } from './workload.ts'
import { createWorld } from './world.ts'

const invariants: readonly CreateInvariant[] = [
  outcomes,
  ledgers,
  circuits,
  pausesHold,
  budgets,
  blame,
  streams,
  nothingRemains,
]

/** Longer than any pause or open circuit lasts. */
const recoveryMs = 2 * 3_600_000

export interface SimulationOptions {
  readonly seed: number
  readonly requests: number
}

export interface Simulation {
  /** What did not hold, at most the first hundred. */
  readonly violations: readonly string[]
  /** The same for two runs of one seed. */
  readonly hash: string
  /** How often each thing happened, so that a test can tell that something did. */
  readonly counts: Readonly<Record<string, number>>
}

/** Runs a router against modelled services in virtual time, and checks all that must hold. */
export async function simulate({ seed, requests }: SimulationOptions): Promise<Simulation> {
  // Loaded beforehand: virtual time does not stand still while a file is read.
  await import('../../src/engine/optional.ts')
  const scenario = createScenario(seed, requests)
  const violations: string[] = []
  const violate = (what: string): void => {
    if (violations.length < 100) violations.push(what)
  }
  const clock = createFakeClock()
  const world = createWorld(clock, createDraw(seed + 1), scenario.targets)
  const watching = invariants.map((create) => create(scenario, violate, world.calls))
  const book = createRunBook(routerId)
  const counts: Record<string, number> = {}
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  const router = createRouter({
    id: routerId,
    env: {},
    providers: world.providers,
    routes: scenario.routes,
    circuit: scenario.circuit,
    retryBudget: scenario.retryBudget,
    clock,
    random: createSeededRandom(seed + 2),
    onEvent: (event) => {
      const at = clock.now()
      const run = book.note(event, at)
      count(event.type)
      if (event.type === 'attempt-started') count(`attempt: ${event.reason}`)
      if (event.type === 'attempt-failed') count(`failure: ${event.attempt.kind}`)
      if (event.type === 'target-excluded') count(`exclusion: ${event.exclusion.reason}`)
      for (const { see } of watching) see?.(event, at, run)
    },
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      // The engine logs an error only when a listener threw.
      error: (message, fields) => violate(`${message}: ${JSON.stringify(fields)}`),
    },
  })

  const callers: Caller[] = []
  const workload = createDraw(seed + 3)
  const all = async (): Promise<void> => {
    const running: Promise<void>[] = []
    for (let id = 1; id <= requests; id++) {
      await sleep(clock, workload.exponential(scenario.gapMs))
      const plan = drawCaller(scenario, workload)
      const reason = new Error(`caller ${id} has enough`)
      const caller: Caller = { id: String(id), plan, startedAt: clock.now(), reason, listeners: 0, text: '' }
      callers.push(caller)
      running.push(runCaller(caller, router, clock, book.around))
    }
    await Promise.all(running)
  }
  await clock.run(all()).catch((error: unknown) => violate(String(error)))

  const timers = clock.pending - world.stubbornTimers
  const remains = { callers, runs: book.runs, calls: world.calls, status: router.status(), timers }
  for (const { end } of watching) end?.(remains)
  for (const { outcome } of callers) count(`outcome: ${outcome?.type}`)
  const hash = createHash('sha256')
  for (const { id, endedAt, outcome } of callers) hash.update(JSON.stringify([id, endedAt, outcome]))
  world.heal()
  await checkRecovery(router, Object.keys(scenario.routes), clock, violate)
  router.dispose()
  return { violations, hash: hash.digest('hex'), counts }
}

/** Once all services are well and all pauses are over, every route serves at the first call. */
async function checkRecovery(
  router: Router,
  routes: readonly string[],
  clock: FakeClock,
  violate: (what: string) => void,
): Promise<void> {
  await clock.advance(recoveryMs)
  for (const model of routes) {
    const request = { model, messages: [{ role: 'user' as const, content: 'hello' }] }
    const asked = clock.run(router.chat(request))
    const attempts = await asked.then(
      (answer) => answer.attempts.length,
      (error: unknown) => String(error),
    )
    if (attempts !== 1) violate(`${model} did not recover: ${attempts}`)
  }
  if (clock.pending !== 0) violate(`${clock.pending} timers are left at the very end`)
}
