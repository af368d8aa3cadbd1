import '../src/engine/optional.ts'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { createRouter, ProviderError } from '../src/index.ts'
import type { Provider, ReloadOptions } from '../src/index.ts'
import { createFakeClock, createSeededRandom } from '../src/testing/index.ts'
import { scripted } from './world.ts'

/** Answers at once and, unlike a scripted provider, remembers nothing; some of its calls fail. */
function unsteady(id: string, random: () => number): Provider {
  const end = {
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: { uncachedInputTokens: 9, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 1, reasoningTokens: 0 },
    warnings: [],
    model: 'm',
    provider: id,
  } as const
  const answer = (model: string): void => {
    if (random() < 0.05) throw new ProviderError('not now', { kind: 'server', provider: id, model })
  }
  return {
    specificationVersion: 1,
    id,
    capabilities: (model) => scripted(id).capabilities(model),
    async chat({ model }) {
      answer(model)
      return { ...end, text: 'ok', content: [{ type: 'text', text: 'ok' }] }
    },
    async *stream({ model }) {
      answer(model)
      yield { type: 'text-delta', text: 'o' }
      answer(model)
      yield { type: 'text-delta', text: 'k' }
      yield { type: 'finish', ...end }
    },
  }
}

/** What is in use once everything that nobody holds was collected, in bytes. */
async function bytesInUse(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // Signals and weak references are let go of a turn after what held them.
  for (let time = 0; time < 4; time++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

it('keeps nothing of 30,000 calls and 3,000 streams, of their callers, of targets they named, nor of reloads', async () => {
  const random = createSeededRandom(1)
  const clock = createFakeClock()
  const limits = { rpm: 1_000_000, concurrency: 1000 }
  const configuration: ReloadOptions = {
    env: {},
    providers: ['a', 'b', 'c'].map((id) => unsteady(id, random)),
    prices: { priceOf: () => ({ inputPerMillion: 1, outputPerMillion: 5 }) },
    routes: {
      chat: {
        stages: [
          { strategy: { name: 'sticky', by: 'user', maxKeys: 100 }, targets: [{ model: 'a/m', ...limits }, 'b/m'] },
          { targets: ['c/m'] },
        ],
        hedge: {},
      },
    },
  }
  let events = 0
  const router = createRouter({ ...configuration, clock, random, onEvent: () => void events++ })
  const messages = [{ role: 'user', content: 'Why the sky?' }] as const
  let number = 0
  const call = (): Promise<unknown> => {
    number++
    if (number % 10 === 0) return router.chat({ model: `c/own-${number}`, messages })
    const { signal } = new AbortController()
    return router.chat({ model: 'chat', messages, user: `user-${number}` }, { signal })
  }
  /** One in ten is left after its first piece. */
  const read = async (): Promise<void> => {
    const leaves = number % 1000 === 0
    for await (const _ of router.stream({ model: 'chat', messages, user: `reader-${number}` })) if (leaves) break
  }
  const run = async (batches: number): Promise<number> => {
    let succeeded = 0
    for (let batch = 1; batch <= batches; batch++) {
      const work = Array.from({ length: 110 }, (_, at) => (at < 100 ? call() : read()))
      const outcomes = await clock.run(Promise.allSettled(work))
      succeeded += outcomes.filter(({ status }) => status === 'fulfilled').length
      await clock.advance(1000)
      if (batch % 10 === 0) router.reload(configuration)
    }
    return succeeded
  }
  // By then as many targets are remembered as ever are.
  await run(120)
  const before = await bytesInUse()
  expect(await run(300)).toBeGreaterThan(30_000)
  expect(events).toBeGreaterThan(100_000)
  // The smallest ledger of one call has some 200 bytes.
  expect((await bytesInUse()) - before).toBeLessThan(30_000 * 40)
  router.dispose()
})
