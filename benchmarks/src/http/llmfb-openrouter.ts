import { openrouter } from '@llmfb/provider-openrouter'
import { apiKey, type Client, model, secondModel } from './client.ts'
import { createRouterClient } from './router-client.ts'

export function createClient(origin: string): Client {
  const targets = [`openrouter/openai/${model}`, `openrouter/openai/${secondModel}`] as const
  return createRouterClient(openrouter({ apiKey, baseURL: `${origin}/api/v1` }), targets)
}
