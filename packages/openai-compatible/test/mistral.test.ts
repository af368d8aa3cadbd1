import { createRouter, type Capabilities, type ProviderPlugin } from '@llmfb/core'
import { startWireServer, type WireServer } from '@llmfb/conformance'
import { createOpenAICompatibleProvider } from '@llmfb/openai-compatible'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { completion, json } from './bodies.ts'
import { everything, testKey } from './connect.ts'

// The README's example of a service that deviates: nine letters and digits for ids of tool calls, and a seed by another name.

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

const capabilities: Capabilities = {
  ...everything,
  toolCallIds: { characters: 'letters-and-digits', minLength: 9, maxLength: 9 },
}

const mistral = (): ProviderPlugin => ({
  specificationVersion: 1,
  manifest: { id: 'mistral', name: 'Mistral', tier: 'experimental', credentials: [], capabilities },
  create: (context) =>
    createOpenAICompatibleProvider({
      context,
      apiKey: testKey,
      baseURL: server.url,
      capabilities: () => capabilities,
      dialect: { name: 'Mistral', renamedFields: { seed: 'random_seed' } },
    }),
})

interface Body {
  readonly random_seed: number
  readonly messages: readonly {
    readonly tool_calls?: readonly { readonly id: string }[]
    readonly tool_call_id?: string
  }[]
}

it('sends a history from elsewhere with ids that the service takes back', async () => {
  server.answer({ headers: json, body: JSON.stringify(completion()) })
  const router = createRouter({
    providers: [mistral()],
    experimental: ['mistral'],
    routes: { chat: ['mistral/mistral-large-latest'] },
  })
  const ids = ['toolu_bdrk_01RZjXFQrWsHfYXHPYqX6mA7', 'call_1', 'abcDEF123']
  await router.chat({
    model: 'chat',
    seed: 7,
    tools: [{ name: 'weather', parameters: { type: 'object' } }],
    messages: [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: ids.map((id) => ({ type: 'tool-call', id, name: 'weather', arguments: '{}' }) as const),
      },
      {
        role: 'tool',
        content: ids.map(
          (id) => ({ type: 'tool-result', toolCallId: id, toolName: 'weather', content: 'Sun.' }) as const,
        ),
      },
    ],
  })
  const body = server.requests.at(-1)?.body as Body | undefined
  const messages = body?.messages ?? []
  const called = messages.flatMap(({ tool_calls: calls = [] }) => calls.map(({ id }) => id))
  expect(called).toHaveLength(3)
  for (const id of called) expect(id).toMatch(/^[A-Za-z0-9]{9}$/)
  expect(new Set(called).size).toBe(3)
  expect(called[2]).toBe('abcDEF123')
  expect(messages.flatMap(({ tool_call_id: id }) => id ?? [])).toEqual(called)
  expect(body?.random_seed).toBe(7)
})
