import { bedrock } from '@llmfb/provider-bedrock'
import { bedrockSettings, type Client } from './client.ts'
import { createRouterClient } from './router-client.ts'

export function createClient(origin: string): Client {
  const targets = ['bedrock/anthropic.claude-opus-5', 'bedrock/anthropic.claude-sonnet-5'] as const
  return createRouterClient(bedrock({ ...bedrockSettings, baseURL: origin }), targets)
}
