import { createOpenAI } from '@ai-sdk/openai'
import { generateText, streamText } from 'ai'
import { createFallback } from 'ai-fallback'
import { apiKey, type Client, model, question, secondModel } from './client.ts'

/** The AI SDK over Chat Completions, with ai-fallback. */
export function createClient(origin: string): Client {
  const baseURL = `${origin}/v1`
  const openai = createOpenAI({ apiKey, baseURL })
  const fallback = createFallback({ models: [openai.chat(model), openai.chat(secondModel)] })
  return {
    chat: async () => (await generateText({ model: fallback, prompt: question })).text,
    async stream() {
      let text = ''
      for await (const piece of streamText({ model: fallback, prompt: question }).textStream) text += piece
      return text
    },
  }
}
