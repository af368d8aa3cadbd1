// What a user writes, with the strictest settings there are; test/types.test.ts has it compiled.
import { createRouter, isRouteFailedError } from '@llmfb/core'
import type {
  ChatRequest,
  EmbeddingsRequest,
  Explanation,
  HedgeOptions,
  Limits,
  Middleware,
  MiddlewareContext,
  PriceSource,
  Provider,
  ProviderPlugin,
  ReloadOptions,
  RoutedEmbeddings,
  RoutedResponse,
  Router,
  StageConfig,
  Strategy,
  StrategyOptions,
} from '@llmfb/core'
import { createMemoryStore } from '@llmfb/core/store'

declare const openai: (options?: { readonly apiKey?: string }) => ProviderPlugin
declare const local: Provider
declare const print: (text: string) => void

export async function ask(question: string): Promise<string> {
  const llm = createRouter({ providers: [openai(), local], routes: { chat: ['openai/gpt-5', 'local/small'] } })
  const request: ChatRequest = { model: 'chat', messages: [{ role: 'user', content: question }] }
  try {
    const { text, attempts, usage } = await llm.chat(request, { signal: AbortSignal.timeout(1000) })
    for await (const event of llm.stream(request)) if (event.type === 'text-delta') print(event.text)
    return `${text} ${attempts.length} ${usage?.outputTextTokens ?? 0}`
  } catch (error) {
    return isRouteFailedError(error) ? `${error.kind} ${error.retryAfterMs ?? 0}` : 'something else'
  }
}

/** A router is a provider, whose answers say more. */
export const asProvider = (router: Router): Provider => router
export const nested = (router: Router): Router =>
  createRouter({ providers: [router], routes: { chat: ['router/chat'] } })
export const inTurn = (answer: RoutedResponse): ChatRequest => ({
  model: 'chat',
  messages: [{ role: 'assistant', content: answer.content }],
})

// What surrounds requests.
const limits: Limits = { rpm: 500, tpm: 100_000 }
const hedge: HedgeOptions = { maxShare: 0.05 }
const prices: PriceSource = { priceOf: () => ({ inputPerMillion: 1, outputPerMillion: 2 }) }
const sticky: StrategyOptions = { name: 'sticky', by: 'session' }
const strategies: readonly StageConfig['strategy'][] = [
  'peak-ewma',
  sticky,
  (candidates, { request }) => (request.user === 'me' ? candidates.toReversed() : candidates),
  { name: 'own', order: (candidates) => candidates, chosen: ({ target }) => print(target) } satisfies Strategy,
]
const middleware: Middleware = {
  name: 'log',
  async chat(request, next, { clock }: MiddlewareContext) {
    const answer = await next({ ...request, temperature: 0 })
    print(`${clock.now()} ${answer.costUsd ?? 'unknown'}`)
    return answer
  },
  async *stream(request, next) {
    yield* next(request)
  },
}

export async function operate(): Promise<RoutedEmbeddings> {
  const options: ReloadOptions = {
    providers: [openai(), local],
    routes: {
      chat: {
        stages: strategies.map((strategy) => ({ ...(strategy && { strategy }), targets: ['local/small'] })),
        hedge,
      },
      embed: [{ model: 'openai/text-embedding-3-small', ...limits, vectorSpace: 'small' }],
    },
    middleware: [middleware],
    prices,
  }
  const llm = createRouter({ ...options, store: createMemoryStore() })
  llm.reload(options)
  const explanation: Explanation = await llm.explain({ model: 'chat', messages: [] })
  print(explanation.stages[0]?.targets[0]?.verdict ?? '')
  for (const { target, lastFailure, limits: reports } of llm.status()) {
    print(`${target} ${lastFailure?.kind ?? ''} ${reports.map(({ remaining }) => remaining).join()}`)
  }
  const request: EmbeddingsRequest = { model: 'embed', inputs: ['a'] }
  return llm.embed(request)
}

// What must not compile.
// @ts-expect-error a store cannot change while a router runs
export const restored: ReloadOptions = { providers: [], routes: {}, store: createMemoryStore() }
// @ts-expect-error an option of another strategy
export const weighed: StageConfig = { strategy: { name: 'sticky', cost: 1 }, targets: [] }
// @ts-expect-error a price without that of answers
export const half: PriceSource = { priceOf: () => ({ inputPerMillion: 1 }) }
// @ts-expect-error a field that is not there
export const misspelt: ChatRequest = { model: 'chat', messages: [], maxToken: 5 }
// @ts-expect-error undefined is no temperature
export const undefinedField: ChatRequest = { model: 'chat', messages: [], temperature: undefined }
// @ts-expect-error a role that is not there
export const role: ChatRequest = { model: 'chat', messages: [{ role: 'human', content: 'hi' }] }
// @ts-expect-error a system message holds no pictures
export const picture: ChatRequest = { model: 'chat', messages: [{ role: 'system', content: [{ type: 'image' }] }] }
// @ts-expect-error routes are missing
export const routeless = (): Router => createRouter({ providers: [] })
// @ts-expect-error a strategy that is not there
export const stage: StageConfig = { strategy: 'fastest', targets: [] }
