import { llamacpp } from '@llmfb/provider-llamacpp'
import type { Client } from './client.ts'
import { createRouterClient } from './router-client.ts'

export function createClient(origin: string): Client {
  return createRouterClient(llamacpp({ baseURL: origin }), ['llamacpp/llama-3.2', 'llamacpp/qwen-3'])
}
