import { type ChatRequest, createRouter, type PriceSource, type ReloadOptions, type Router } from '@llmfb/core'
import { createFakeClock, createSeededRandom, type FakeClock } from '@llmfb/core/testing'
import { drain } from '../engine/in-memory.ts'
import { createUnsteadyProvider } from './unsteady-provider.ts'

/** Calls that are under way together. */
const together = 100

/** Time from one batch to the next. */
const batchMs = 500

/** After so many batches the router is told to go on by another configuration. */
const reloadEvery = 100

/** More than a router keeps in mind, so that it has to forget. */
const adHocModels = 3000

const messages = [{ role: 'user', content: 'Why is the sky blue?' }] as const

const prices: PriceSource = { priceOf: () => ({ inputPerMillion: 1, outputPerMillion: 5 }) }

/** A router with all that can be on, over targets that fail now and then; `odd` differs from one reload to the next. */
function configure(random: () => number, odd: boolean): ReloadOptions {
  const providers = ['a', 'b', 'c', 'd'].map((id, at) => createUnsteadyProvider(id, at * 60_000, random))
  const limits = { rpm: 500_000, tpm: 50_000_000, concurrency: 400 }
  const last = { name: 'last', targets: ['d/m', odd ? 'd/odd' : 'd/even'] }
  return {
    providers,
    prices,
    routes: {
      chat: {
        stages: [
          {
            // Few keys, so that it matters little how many of them are kept when the heap is looked at.
            strategy: { name: 'sticky', by: 'user', maxKeys: 1000 },
            targets: ['a/m', 'b/m', 'c/m'].map((model) => ({ model, ...limits })),
          },
          last,
        ],
        hedge: { afterMs: 500 },
        maxCostUsd: 1,
        deadlineMs: 30_000,
      },
      fast: {
        stages: [{ strategy: 'peak-ewma', targets: ['a/m', 'b/m', 'c/n'] }, last],
        hedge: {},
        afterCommit: 'restart',
      },
      fair: { stages: [{ strategy: 'weighted', targets: [{ model: 'a/m', weight: 2 }, 'b/m', 'chat'] }] },
    },
  }
}

export interface Workload {
  readonly clock: FakeClock
  readonly router: Router
  /** How many events its listener was told. */
  events(this: void): number
  /** Makes so many calls, and a tenth as many streams, all of them ended when it resolves. @returns how many failed */
  run(this: void, calls: number): Promise<number>
}

/** Calls as many programs make them, in virtual time: each run is the same. */
export async function createWorkload(seed: number): Promise<Workload> {
  const random = createSeededRandom(seed)
  const clock = createFakeClock()
  let events = 0
  const options = { ...configure(random, false), env: {}, clock, random, onEvent: () => void events++ }
  const router = createRouter(options)
  // Loads what the router loads on demand, for which virtual time does not wait.
  await router.explain({ model: 'chat', messages })
  let calls = 0
  let batches = 0

  /** Most callers are new, some come back; some name a target of their own. */
  const toRequest = (): ChatRequest => {
    const number = calls++
    if (number % 20 === 0) return { model: `d/model-${number % adHocModels}`, messages }
    const user = `user-${random() < 0.8 ? number : number % 1000}`
    return { model: (['chat', 'chat', 'fast', 'fair'] as const)[number % 4] ?? 'chat', messages, user }
  }

  /** Some callers leave before their answer is there. */
  const call = (): Promise<unknown> => {
    const request = toRequest()
    if (random() >= 0.02) return router.chat(request)
    const controller = new AbortController()
    const answer = router.chat(request, { signal: controller.signal })
    controller.abort()
    return answer
  }

  /** Some readers leave in the middle. */
  const read = async (): Promise<unknown> => {
    const stream = router.stream(toRequest())
    if (random() >= 0.1) return drain(stream)
    await stream.next()
    return stream.return?.()
  }

  return {
    clock,
    router,
    events: () => events,
    async run(count) {
      let failed = 0
      for (let made = 0; made < count; made += together) {
        const batch: Promise<unknown>[] = []
        for (let at = 0; at < together; at++) batch.push(call())
        for (let at = 0; at < together / 10; at++) batch.push(read())
        const outcomes = await clock.run(Promise.allSettled(batch))
        failed += outcomes.filter(({ status }) => status === 'rejected').length
        await clock.advance(batchMs)
        if (++batches % reloadEvery === 0)
          router.reload({ ...configure(random, batches % (2 * reloadEvery) === 0), env: {} })
      }
      return failed
    },
  }
}
