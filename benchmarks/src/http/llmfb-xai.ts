import { xai } from '@llmfb/provider-xai'
import { apiKey, type Client } from './client.ts'
import { createRouterClient } from './router-client.ts'

export function createClient(origin: string): Client {
  const service = xai({ apiKey, baseURL: `${origin}/v1`, api: 'chat-completions' })
  return createRouterClient(service, ['xai/grok-4', 'xai/grok-3'])
}
