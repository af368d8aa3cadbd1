import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The public surface. Whoever changes it changes this list, so that every change of it is seen. */
const surface: Readonly<Record<string, { readonly values: readonly string[]; readonly types: readonly string[] }>> = {
  '.': {
    values: [
      'DisposedError',
      'InvalidConfigError',
      'InvalidRequestError',
      'LlmfbError',
      'NoUsableTargetError',
      'ProviderError',
      'RouteFailedError',
      'StreamInterruptedError',
      'UnknownModelError',
      'collectStream',
      'createRouter',
      'isLlmfbError',
      'isProviderError',
      'isRouteFailedError',
      'isStreamInterruptedError',
      'systemClock',
    ],
    types: [
      'AssistantPart',
      'Attempt',
      'CallOptions',
      'Candidate',
      'Capabilities',
      'ChatRequest',
      'ChatResponse',
      'Clock',
      'ConfigIssue',
      'Disposition',
      'EmbeddingsRequest',
      'ErrorCode',
      'Exclusion',
      'Explanation',
      'FailureKind',
      'FinishReason',
      'HedgeOptions',
      'JsonValue',
      'Ledger',
      'Limits',
      'Logger',
      'Message',
      'Middleware',
      'MiddlewareContext',
      'Parameters',
      'PluginStatus',
      'Price',
      'PriceSource',
      'Provider',
      'ProviderPlugin',
      'ReasoningPart',
      'ReloadOptions',
      'RouteConfig',
      'RouteOptions',
      'RoutedEmbeddings',
      'RoutedFinishEvent',
      'RoutedResponse',
      'RoutedStreamEvent',
      'Router',
      'RouterEvent',
      'RouterOptions',
      'StageConfig',
      'Strategy',
      'StrategyContext',
      'StrategyOptions',
      'StreamEvent',
      'TargetConfig',
      'TargetStatus',
      'TextPart',
      'Tool',
      'ToolCallPart',
      'ToolResultPart',
      'Usage',
      'Warning',
    ],
  },
  './discovery': {
    values: ['discoverProviders'],
    types: ['Discovery', 'DiscoveryOptions', 'IncompatiblePackage'],
  },
  './provider': {
    values: [
      'InvalidConfigError',
      'InvalidRequestError',
      'ProviderError',
      'capabilitiesOf',
      'collectStream',
      'createKeyPool',
      'createKeyReader',
      'createKeyRedactor',
      'createRedactor',
      'createWarnings',
      'estimatingTokens',
      'honouredParameters',
      'isLlmfbError',
      'isProviderError',
      'isSendable',
      'keptHeaders',
      'kindOfStatus',
      'oneLine',
      'parseDuration',
      'parseRateLimits',
      'parseRetryAfter',
      'perKey',
      'pooledKeys',
      'quotesPage',
      'supportedEffort',
      'systemClock',
      'toRefusal',
      'toSafeCause',
      'toStreamEvents',
    ],
    types: [
      'ApiKey',
      'AssistantMessage',
      'AssistantPart',
      'CacheBreakpoint',
      'CallOptions',
      'Capabilities',
      'ChatRequest',
      'ChatResponse',
      'Clock',
      'Credential',
      'EmbeddingsFacet',
      'EmbeddingsRequest',
      'EmbeddingsResponse',
      'FailureDetails',
      'FailureKind',
      'FilePart',
      'FinishEvent',
      'FinishReason',
      'HealthFacet',
      'ImagePart',
      'JsonObject',
      'JsonSchema',
      'JsonValue',
      'KeyPool',
      'KeyedCall',
      'Keys',
      'Logger',
      'Manifest',
      'Media',
      'Message',
      'ModelDescription',
      'ModelPattern',
      'ModelsFacet',
      'Opaque',
      'ParameterName',
      'ParameterRange',
      'ParameterSupport',
      'Parameters',
      'Provider',
      'ProviderContext',
      'ProviderOptions',
      'ProviderPlugin',
      'RateLimit',
      'RateLimitNames',
      'ReasoningEffort',
      'ReasoningPart',
      'ReasoningRequest',
      'Redact',
      'RedactKeys',
      'ResponseFormat',
      'StreamEvent',
      'SystemMessage',
      'TextPart',
      'Tier',
      'Timer',
      'TokenCount',
      'TokensFacet',
      'Tool',
      'ToolCallEvent',
      'ToolCallIdForm',
      'ToolCallPart',
      'ToolChoice',
      'ToolMessage',
      'ToolResultPart',
      'Usage',
      'UserMessage',
      'UserPart',
      'WarmUpFacet',
      'Warn',
      'Warning',
      'WarningList',
    ],
  },
  './store': {
    values: ['boundStore', 'checkAmount', 'checkKey', 'createMemoryStore', 'toStoredText'],
    types: ['Added', 'BoundStoreOptions', 'BoundedStore', 'MemoryStoreOptions', 'Store'],
  },
  './testing': {
    values: [
      'createFakeClock',
      'createScriptedProvider',
      'createSeededRandom',
      'createStrategy',
      'strategyNames',
      'testStore',
    ],
    types: [
      'DeclareTest',
      'FakeClock',
      'Reply',
      'ScriptedCall',
      'ScriptedProvider',
      'ScriptedProviderOptions',
      'StoreTests',
      'StoreUnderTest',
    ],
  },
}

const folder = join(import.meta.dirname, '..')

function read(path: string): string {
  return readFileSync(join(folder, path), 'utf8')
}

const { exports } = JSON.parse(read('package.json')) as { readonly exports: Readonly<Record<string, unknown>> }

function sourceOf(entry: string): string {
  return (exports[entry] as { readonly '@llmfb/source': string })['@llmfb/source']
}

/** The names that an entry exports as types. */
function typesOf(entry: string): readonly string[] {
  const lists = [...read(sourceOf(entry)).matchAll(/^export type \{([^}]*)\}/gm)]
  return lists.flatMap(([, list = '']) => list.split(',').map((name) => name.trim())).filter((name) => name !== '')
}

describe('the public surface', () => {
  it('has these entries', () => {
    expect(Object.keys(exports).filter((entry) => entry !== './package.json')).toEqual(Object.keys(surface))
  })

  it.each(Object.keys(surface))('%s exports these names and no others', async (entry) => {
    const values = Object.keys((await import(join(folder, sourceOf(entry)))) as object)
    expect(values.toSorted()).toEqual(surface[entry]?.values)
    expect(typesOf(entry).toSorted()).toEqual(surface[entry]?.types)
  })

  it('has at most 70 names in its main entry', () => {
    const { values = [], types = [] } = surface['.'] ?? {}
    expect(values.length + types.length).toBeLessThanOrEqual(70)
  })

  it('has no name that stands for two things in two entries', async () => {
    const entries = Object.keys(surface)
    const modules = await Promise.all(
      entries.map(async (entry) => (await import(join(folder, sourceOf(entry)))) as Readonly<Record<string, unknown>>),
    )
    const seen = new Map<string, unknown>()
    for (const [name, value] of modules.flatMap((module) => Object.entries(module))) {
      expect(seen.get(name) ?? value, name).toBe(value)
      seen.set(name, value)
    }
  })
})
