import type { ApiKey, Provider } from '@llmfb/core/provider'
import { createKeyPool, ProviderError } from '@llmfb/core/provider'
import { plantedKeys } from '../../src/suite/planted.ts'
import { asking, detailsOf, failing, type Row, type Wrong } from './make-wrong.ts'

const asItIs: Wrong = () => ({})

/** Providers that are wrong with several keys, or with keys that change, and the case that has to notice each. */
export const withKeys: Readonly<Record<string, Row>> = {
  'calls by the first key alone': ['keys.pool', asking((request, { key: _, ...options } = {}) => [request, options])],
  'probes by the first key alone': [
    'keys.pool',
    (good) => {
      const request = { model: 'acme-large', messages: [{ role: 'user', content: 'Are you there?' }] } as const
      return { health: { cost: 'free', probe: async () => void (await good.chat(request)) } }
    },
  ],
  'calls by no key where it does not know the one it was told': [
    'keys.pool',
    asking((request, options) => {
      if (options?.key === 'not-one-of-them') throw new TypeError('there is no such key')
      return [request, options]
    }),
  ],
  'tells nobody of its keys': ['keys.pool', asItIs, { plugin: { keys: undefined } }],
  'keeps the key that it began with': [
    'keys.replaced',
    asItIs,
    { options: (options) => ({ ...options, apiKey: firstOf(options.apiKey) }) },
  ],
  'tells of the keys that it began with': [
    'keys.replaced',
    asItIs,
    { plugin: { keys: createKeyPool(plantedKeys[0]) } },
  ],
  'shows a key that was replaced': ['keys.replaced', showing(plantedKeys[0])],
  'shows another key than the one that it called by': [
    'keys.failures',
    (good, options, log) => (typeof options.apiKey === 'string' ? {} : showing(plantedKeys[1])(good, options, log)),
  ],
  'shows a key that it fetched': [
    'keys.streams',
    (good, options, log) => (typeof options.apiKey === 'function' ? showing(plantedKeys[2])(good, options, log) : {}),
  ],
  'shows what its pool knows': [
    'keys.objects',
    (_good, { apiKey }) => (isPool(apiKey) ? ({ known: apiKey.secrets() } as Partial<Provider>) : {}),
  ],
}

function showing(key: string): Wrong {
  return failing((error) => new ProviderError(`not by ${key}: ${error.message}`, detailsOf(error)))
}

function isPool(apiKey: ApiKey): apiKey is Extract<ApiKey, { secrets: unknown }> {
  return typeof apiKey === 'object' && 'secrets' in apiKey
}

function firstOf(apiKey: ApiKey): ApiKey {
  const first = isPool(apiKey) ? apiKey.read() : undefined
  return typeof first === 'string' ? first : apiKey
}
