import { AzureOpenAI } from 'openai'
import { createChatCompletionsClient } from './chat-completions-client.ts'
import { apiKey, type Client } from './client.ts'

/** The bare SDK with its defaults, for what has a deployment in its addresses: Azure, and DIAL. */
export function createClient(origin: string): Client {
  return createChatCompletionsClient(new AzureOpenAI({ apiKey, endpoint: origin, apiVersion: '2024-10-21' }))
}
