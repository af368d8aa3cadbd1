import { dial } from '@llmfb/provider-dial'
import { apiKey, type Client, model, secondModel } from './client.ts'
import { createRouterClient } from './router-client.ts'

export function createClient(origin: string): Client {
  return createRouterClient(dial({ apiKey, baseURL: origin }), [`dial/${model}`, `dial/${secondModel}`])
}
