import { createHash } from 'node:crypto'
import { sleep } from '../../src/runtime/sleep.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'
import type { Caller } from './caller.ts'
import { runCaller } from './caller.ts'
import { createDraw } from './draw.ts'
import type { Violate } from './invariant.ts'
import { invariants } from './invariants/all.ts'
import { operate } from './operator.ts'
import { createScenario } from './scenario.ts'
import { createSide } from './side.ts'
import type { Side } from './side.ts'
import type { CallerPlan } from './workload.ts'
import { drawCaller, drawSteadyCaller, patient } from './workload.ts'
import { createWorld } from './world.ts'
import type { OnCall } from './world.ts'

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

/** Virtual time does not stand still while a file is read: whatever is loaded on demand is loaded beforehand. */
async function loadAll(): Promise<void> {
  await Promise.all([
    import('../../src/engine/optional.ts'),
    import('../../src/engine/run-embeddings.ts'),
    import('../../src/router/explain.ts'),
    import('../../src/router/share.ts'),
  ])
}

/** Runs routers against modelled services in virtual time, and checks all that must hold. */
export async function simulate({ seed, requests }: SimulationOptions): Promise<Simulation> {
  await loadAll()
  const scenario = createScenario(seed, requests)
  const violations: string[] = []
  const violate: Violate = (what) => {
    if (violations.length < 100) violations.push(what)
  }
  const counts: Record<string, number> = {}
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  count(`scenario: ${scenario.kind}`)
  const clock = createFakeClock()
  const sideOf = new Map<string, Side>()
  const onCall: OnCall = (call, request, model) => {
    const side = sideOf.get(call.caller)
    const found = side?.book.called(call)
    if (side === undefined || found === undefined)
      return violate(`call ${call.number} of ${call.target} was made by nobody`)
    for (const { call: told } of side.watching) told?.({ call, request, model, ...found })
  }
  const world = createWorld(clock, createDraw(seed + 1), scenario.targets, scenario.keys, onCall)
  const store = scenario.kind === 'shared' ? createMemoryStore({ clock }) : undefined
  const loadingUntil = new Map<string, number>()
  const parts = { scenario, clock, world, store, invariants, loadingUntil, violate, count }
  const sides = Array.from({ length: store ? 2 : 1 }, (_, index) => createSide(index, parts))

  const workload = createDraw(seed + 3)
  const isSteady = scenario.kind === 'calm' || scenario.kind === 'mending'
  const callers: Caller[] = []
  const ask = async (): Promise<void> => {
    const running: Promise<void>[] = []
    for (let id = 1; id <= requests; id++) {
      await sleep(clock, workload.exponential(scenario.gapMs))
      const side = workload.pick(sides)
      const plan = (isSteady ? drawSteadyCaller : drawCaller)(side.configuration, workload)
      const reason = new Error(`caller ${id} has enough`)
      const caller: Caller = { id: String(id), plan, startedAt: clock.now(), reason, listeners: 0, text: '', resets: 0 }
      callers.push(caller)
      side.callers.push(caller)
      sideOf.set(caller.id, side)
      running.push(side.book.as(caller, () => runCaller(caller, side.router, clock)))
    }
    await Promise.all(running)
  }
  const all = Promise.all([ask(), operate(scenario.changes, sides, world, clock, { violate, count })])
  await clock.run(all).catch((error: unknown) => violate(error instanceof Error ? String(error.stack) : String(error)))

  const timers = clock.pending - world.stubbornTimers
  for (const side of sides) {
    const calls = world.calls.filter(({ caller }) => sideOf.get(caller) === side)
    const { runs } = side.book
    const status = side.router.status()
    const remains = { callers: side.callers, runs, calls, allCalls: world.calls, status, timers }
    for (const { end } of side.watching) end?.(remains)
  }
  for (const { outcome } of callers) count(`outcome: ${outcome?.type}`)
  for (const { resets } of callers) if (resets > 0) count('reset')
  const hash = createHash('sha256')
  for (const { id, endedAt, text, outcome } of callers) hash.update(JSON.stringify([id, endedAt, text, outcome]))
  world.heal()
  for (const side of sides) await checkRecovery(side, sideOf, clock, violate)
  for (const { router } of sides) router.dispose()
  if (clock.pending !== 0) violate(`${clock.pending} timers are left at the very end`)
  return { violations, hash: hash.digest('hex'), counts }
}

/** Once all services are well and all pauses and minutes are over, every route serves at the first call. */
async function checkRecovery(side: Side, sideOf: Map<string, Side>, clock: FakeClock, violate: Violate): Promise<void> {
  await clock.advance(recoveryMs)
  for (const model of Object.keys(side.configuration.routes)) {
    await clock.advance(120_000)
    const plan: CallerPlan = { ...patient, model, parameters: { maxTokens: 10 } }
    const id = `recovery-of-${model}`
    const caller: Caller = {
      id,
      plan,
      startedAt: clock.now(),
      reason: new Error(id),
      listeners: 0,
      text: '',
      resets: 0,
    }
    sideOf.set(id, side)
    await clock.run(side.book.as(caller, () => runCaller(caller, side.router, clock)))
    const { outcome } = caller
    const attempts = outcome?.type === 'success' ? outcome.ledger.attempts.length : JSON.stringify(outcome)
    if (attempts !== 1) violate(`${model} did not recover: ${attempts}`)
  }
}
