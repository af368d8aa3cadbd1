// What a user writes, with the strictest settings there are; test/types.test.ts has it compiled.
import { createRouter, isRouteFailedError } from '@llmfb/core'
import type { ChatRequest, Provider, ProviderPlugin, RoutedResponse, Router, StageConfig } from '@llmfb/core'

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

// What must not compile.
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
