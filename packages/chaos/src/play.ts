import { createRouter } from '@llmfb/core'
import type { Attempt, RouterOptions } from '@llmfb/core'
import { createSeededRandom } from '@llmfb/core/testing'
import { ask } from './caller.ts'
import type { Ask, Scenario, Seen, Service, Stage } from './stage.ts'
import type { SteppedClock } from './stepped-clock.ts'

/** The services of a stage, and the way to them. */
export interface Scene {
  readonly clock: SteppedClock
  /** By the ids of their providers: `one`, `two` and `three`. */
  readonly services: Readonly<Record<'one' | 'two' | 'three', Service>>
  readonly providers: RouterOptions['providers']
  /** Ends all services; nothing is left behind. */
  close(): Promise<void>
}

/** Plays a scenario. @returns what does not hold that must hold of each */
export async function play(scenario: Scenario, scene: Scene): Promise<readonly string[]> {
  const { clock, services } = scene
  const made: Attempt[] = []
  const seen: Seen[] = []
  const router = createRouter({
    env: {},
    random: createSeededRandom(1),
    routes: { chat: ['one/m', 'two/m', 'three/m'] },
    ...scenario.options,
    providers: scene.providers,
    clock,
    onEvent: (event) => {
      if ('attempt' in event) made.push(event.attempt)
    },
  })
  const once = async (what?: Ask): Promise<Seen> => {
    const one = await ask(router, clock, what)
    seen.push(one)
    return one
  }
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.schedule(ms, resolve))
  const stage: Stage = {
    ...services,
    router,
    now: () => clock.now(),
    wait,
    skew: (byMs) => clock.skew(byMs),
    ask: once,
    burst: (count, what) => Promise.all(Array.from({ length: count }, () => once(what))),
    async load(count, everyMs, what) {
      const asked: Promise<Seen>[] = []
      for (let number = 0; number < count; number++) {
        if (number > 0) await wait(everyMs)
        asked.push(once(what))
      }
      return Promise.all(asked)
    },
  }
  const broken: string[] = []
  try {
    // Makes the router load what it loads on demand: no timer tells how long that takes.
    await router.explain({ model: 'chat', messages: [{ role: 'user', content: 'Who would answer?' }] })
    await clock.run(scenario.play(stage))
    // What was given up needs a moment to reach the services.
    await clock.run(wait(0))
    broken.push(...differences(services, made, seen))
    const underWay = router.status().reduce((sum, { inFlight }) => sum + inFlight, 0)
    if (underWay !== 0) broken.push(`the router holds ${underWay} calls as under way`)
  } finally {
    router.dispose()
    await scene.close()
  }
  if (clock.pending !== 0) broken.push(`${clock.pending} timers are left`)
  return broken
}

/** Where the ledgers of the callers, the events and the services do not tell the same story, and what goes on. */
function differences(services: Scene['services'], made: readonly Attempt[], seen: readonly Seen[]): string[] {
  const found = Object.entries(services).flatMap(([id, { arrived, lost, underWay }]) => {
    const told = made.filter(({ provider }) => provider === id).length
    return [
      ...(told === arrived + lost ? [] : [`${id}: ${told} calls told of, ${arrived} came and ${lost} were lost`]),
      ...(underWay === 0 ? [] : [`${id}: ${underWay} calls go on`]),
    ]
  })
  const written = seen.reduce((sum, { attempts }) => sum + attempts.length, 0)
  // Who leaves gets no ledger.
  const complete = seen.every(({ how }) => how !== 'left')
  if (complete && written !== made.length) found.push(`${made.length} calls told of, ${written} in the ledgers`)
  return found
}
