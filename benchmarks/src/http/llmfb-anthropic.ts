import { anthropic } from '@llmfb/provider-anthropic'
import { apiKey, type Client } from './client.ts'
import { createRouterClient } from './router-client.ts'

export function createClient(origin: string): Client {
  const targets = ['anthropic/claude-opus-5', 'anthropic/claude-sonnet-5'] as const
  return createRouterClient(anthropic({ apiKey, baseURL: origin }), targets)
}
