import { openai } from '@llmfb/provider-openai'
import { apiKey, type Client, model, secondModel } from './client.ts'
import { createRouterClient } from './router-client.ts'

export function createClient(origin: string): Client {
  return createRouterClient(openai({ apiKey, baseURL: `${origin}/v1` }), [`openai/${model}`, `openai/${secondModel}`])
}
