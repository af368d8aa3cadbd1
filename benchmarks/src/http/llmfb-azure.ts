import { azureOpenAI } from '@llmfb/provider-azure-openai'
import { apiKey, type Client, model, secondModel } from './client.ts'
import { createRouterClient } from './router-client.ts'

export function createClient(origin: string): Client {
  const targets = [`azure-openai/${model}`, `azure-openai/${secondModel}`] as const
  return createRouterClient(azureOpenAI({ apiKey, baseURL: origin, api: 'deployments' }), targets)
}
