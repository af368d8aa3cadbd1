import { OpenAI } from 'openai'
import { createChatCompletionsClient } from './chat-completions-client.ts'
import { apiKey, type Client } from './client.ts'

/** The bare SDK with its defaults. */
export function createClient(origin: string): Client {
  return createChatCompletionsClient(new OpenAI({ apiKey, baseURL: `${origin}/v1` }))
}
