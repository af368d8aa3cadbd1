import { ollama } from '@llmfb/provider-ollama'
import type { Client } from './client.ts'
import { createRouterClient } from './router-client.ts'

export function createClient(origin: string): Client {
  return createRouterClient(ollama({ baseURL: origin }), ['ollama/llama3.2', 'ollama/qwen3'])
}
