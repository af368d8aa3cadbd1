import { xai } from '@llmfb/provider-xai'
import { apiKey, type Client } from './client.ts'
import { createRouterClient } from './router-client.ts'

export function createClient(origin: string): Client {
  return createRouterClient(xai({ apiKey, baseURL: `${origin}/v1` }), ['xai/grok-4', 'xai/grok-3'])
}
