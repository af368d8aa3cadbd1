import type { Clock, Router, RouterEvent, RouterOptions } from '@llmfb/core'
import { defaultQuestion } from './config.ts'
import type { Vendors } from './mock-vendors.ts'
import { askChat, askStream } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import type { Check, Scene, SceneReport, Shown } from './scene.ts'
import { wait } from './wait.ts'

export interface SceneParts {
  readonly vendors: Vendors
  readonly composeRouter: (vendors: Vendors, options: Partial<RouterOptions>) => Router
  readonly clock: Clock
  readonly signal: AbortSignal
}

type CircuitEvent = Extract<RouterEvent, { type: `circuit-${string}` }>

function isCircuitEvent(event: RouterEvent): event is CircuitEvent {
  return event.type.startsWith('circuit-')
}

function describe(event: CircuitEvent): string {
  switch (event.type) {
    case 'circuit-opened':
      return `the circuit of ${event.target} opens for ${(event.openMs / 1000).toFixed(1)} s`
    case 'circuit-half-opened':
      return `the circuit of ${event.target} half-opens: one call may try`
    case 'circuit-isolated':
      return `the circuit of ${event.target} was isolated`
    case 'circuit-closed':
      return `the circuit of ${event.target} closes`
  }
}

/** Answers of vendors that are well, each in its own words so that one sees who spoke. */
const wellAnswers = {
  openai: 'OpenAI (a mock): air scatters blue light far more than red.',
  anthropic: 'Anthropic (a mock): Rayleigh scattering, strongest for short waves.',
  ollama: 'Ollama (a mock): blue light is scattered most.',
} as const

function setUp({ vendors: behaviours }: Scene, vendors: Vendors): void {
  for (const name of ['openai', 'anthropic', 'ollama'] as const) {
    vendors[name].play(behaviours[name] ?? { type: 'answer', text: wellAnswers[name] })
    vendors[name].forget()
  }
}

/** Plays a scene with a router of its own. @throws the signal's reason */
export async function playScene(
  scene: Scene,
  { vendors, composeRouter, clock, signal }: SceneParts,
): Promise<SceneReport> {
  setUp(scene, vendors)
  const shown: Shown[] = []
  const checks: Check[] = []
  const events: CircuitEvent[] = []
  const router = composeRouter(vendors, {
    clock,
    onEvent: (event) => {
      if (isCircuitEvent(event)) events.push(event)
    },
    ...(scene.circuit === undefined ? {} : { circuit: scene.circuit }),
  })
  const question = { route: 'chat', text: scene.question ?? defaultQuestion }
  const show = async (ask: typeof askChat): Promise<Outcome> => {
    const before = events.length
    const outcome = await ask(router, question, { signal })
    shown.push({ type: 'request', outcome, notes: events.slice(before).map(describe) })
    return outcome
  }
  const startedAt = clock.now()
  try {
    await scene.play({
      vendors,
      chat: () => show(askChat),
      stream: () => show(askStream),
      tell: (what) => shown.push({ type: 'told', what }),
      async untilReady(target) {
        const readyInMs = router.status().find((status) => status.target === target)?.readyInMs ?? 0
        // A timer may fire a moment before its time.
        await wait(clock, readyInMs + 5, signal)
      },
      check: (what, holds) => checks.push({ what, holds }),
      circuitEvents: (target) => events.filter((event) => event.target === target).map(({ type }) => type),
    })
  } finally {
    router.dispose()
  }
  return { scene, shown, checks, durationMs: clock.now() - startedAt }
}
