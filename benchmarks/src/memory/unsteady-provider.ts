import type { CallOptions, FailureKind, Provider, StreamEvent } from '@llmfb/core'
import { ProviderError } from '@llmfb/core'
import { createMemoryProvider } from '../engine/in-memory.ts'

/** How its calls go wrong. */
const kinds: readonly FailureKind[] = [
  'server',
  'overloaded',
  'network',
  'rate-limit',
  'malformed',
  'timeout',
  'unknown',
]

const failureShare = 0.03
const slowShare = 0.01
const brokenShare = 0.01

/** Of 300 s it is out of order for 20. */
const cycleMs = 300_000
const outageMs = 20_000

/** A provider in memory, of whose calls some fail, some are slow, and whose streams break off now and then. */
export function createUnsteadyProvider(id: string, outageAtMs: number, random: () => number): Provider {
  const steady = createMemoryProvider(5)
  const answer = async (model: string, { clock }: CallOptions): Promise<void> => {
    if (clock === undefined) return
    if (random() < slowShare) await new Promise<void>((resolve) => void clock.schedule(2000 * random(), resolve))
    const intoCycleMs = (clock.now() - outageAtMs) % cycleMs
    const isOut = intoCycleMs >= 0 && intoCycleMs < outageMs
    if (!isOut && random() >= failureShare) return
    const kind = kinds[Math.floor(random() * kinds.length)] ?? 'server'
    const wait = kind === 'rate-limit' ? { retryAfterMs: 300 } : {}
    throw new ProviderError('not now', { kind, provider: id, model, ...wait })
  }
  return {
    ...steady,
    id,
    capabilities: (model) => ({ ...steady.capabilities(model), parameters: { user: { type: 'string' } } }),
    async chat(request, options = {}) {
      await answer(request.model, options)
      return { ...(await steady.chat(request, options)), provider: id }
    },
    async *stream(request, options = {}): AsyncGenerator<StreamEvent> {
      await answer(request.model, options)
      for await (const event of steady.stream(request, options)) {
        if (random() < brokenShare) return
        yield event
      }
    },
  }
}
