import { createRouter, type ProviderPlugin } from '@llmfb/core'
import { type Client, question } from './client.ts'

/** A router over one provider and two of its models, everything by default. */
export function createRouterClient(provider: ProviderPlugin, targets: readonly [string, string]): Client {
  const router = createRouter({
    providers: [provider],
    routes: { chat: [...targets] },
    experimental: [provider.manifest.id],
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
