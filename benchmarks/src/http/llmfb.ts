import { createRouter } from '@llmfb/core'
import { openai } from '@llmfb/provider-openai'
import { apiKey, type Client, model, question, secondModel } from './client.ts'

/** A router over the provider for OpenAI, everything by default. */
export function createClient(baseURL: string): Client {
  const router = createRouter({
    providers: [openai({ apiKey, baseURL })],
    routes: { chat: [`openai/${model}`, `openai/${secondModel}`] },
  })
  const request = { model: 'chat', messages: [{ role: 'user' as const, content: question }] }
  return {
    chat: async () => (await router.chat(request)).text,
    async stream() {
      let text = ''
      for await (const event of router.stream(request)) if (event.type === 'text-delta') text += event.text
      return text
    },
  }
}
