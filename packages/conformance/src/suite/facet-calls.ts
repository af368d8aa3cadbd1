import type { CallOptions, Provider } from '@llmfb/core/provider'
import type { Bench } from './bench.ts'

/** A call of a facet in the form of a call of `chat`. */
export type FacetCall = (provider: Provider, request: unknown, options?: CallOptions) => Promise<never>

/** A call of each facet that asks the service. */
export function facetCalls(
  { embeddings, models, tokens, health, warmUp }: Provider,
  { model, embeddingModel }: Pick<Bench, 'model' | 'embeddingModel'>,
): [string, FacetCall][] {
  const messages = [{ role: 'user', content: 'Why?' }] as const
  const calls: [string, false | undefined | ((options?: CallOptions) => Promise<unknown>)][] = [
    ['embeddings', embeddings && ((options) => embeddings.embed({ model: embeddingModel, inputs: ['a'] }, options))],
    ['models', models && ((options) => models.list({ ...options, refresh: true }))],
    ['tokens', tokens?.method === 'exact' && ((options) => tokens.count({ model, messages }, options))],
    ['health', health && ((options) => health.probe(options))],
    ['warmUp', warmUp && ((options) => warmUp.warmUp(model, options))],
  ]
  return calls.flatMap(([name, call]) =>
    call ? [[name, (_provider, _request, options) => call(options) as Promise<never>] as [string, FacetCall]] : [],
  )
}
