import type { ApiKey, Provider } from '@llmfb/core/provider'
import { createKeyPool, ProviderError } from '@llmfb/core/provider'
import { plantedKeys } from '../../src/suite/planted.ts'
import { asking, both, detailsOf, failing, remade, type Row, type Wrong } from './make-wrong.ts'

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
  'knows a few keys': [
    'keys.pool',
    (good) => {
      const known = new Set<string>()
      return asking((request, { key, ...options } = {}) => {
        if (key !== undefined && known.size < 16) known.add(key)
        return [request, { ...options, ...(key !== undefined && known.has(key) && { key }) }]
      })(good, { baseURL: '', apiKey: '', headers: {} }, () => {})
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
  'takes a key that is refused for a service that is down': [
    'keys.passed-over',
    failing((error) => remade(error, { kind: 'server' })),
  ],
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
  'forgets a key that others followed': [
    'keys.replaced',
    (good) => {
      let calls = 0
      return both(good, (call) => async (request, options) => {
        const mine = ++calls
        try {
          return await call(request, options)
        } catch (error) {
          throw calls > mine + 20
            ? new ProviderError(`by ${plantedKeys[1]}`, { kind: 'unknown', provider: 'acme' })
            : error
        }
      })
    },
  ],
  'fetches keys deaf where it probes': [
    'abort.key',
    (_good, { apiKey }) => ({
      health: { cost: 'free', probe: async () => void (typeof apiKey === 'function' && (await apiKey())) },
    }),
  ],
  'calls by another key where there is none': [
    'keys.missing',
    asItIs,
    { options: (options) => ({ ...options, apiKey: plantedKeys[0] }) },
  ],
  'takes a key that no header holds for a service that fails': [
    'keys.odd',
    failing((error) => remade(error, { kind: 'unknown' })),
  ],
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
