import { google } from '@llmfb/provider-google'
import { apiKey, type Client } from './client.ts'
import { createRouterClient } from './router-client.ts'

export function createClient(origin: string): Client {
  return createRouterClient(google({ apiKey, baseURL: origin }), ['google/gemini-3-pro', 'google/gemini-3-flash'])
}
