import type { OpenAI } from 'openai'
import { type Client, model, question } from './client.ts'

/** The bare `openai` SDK, whichever of its clients; it also is what people ask services with that speak Chat Completions. */
export function createChatCompletionsClient(client: OpenAI): Client {
  const messages = [{ role: 'user' as const, content: question }]
  return {
    async chat() {
      const { choices } = await client.chat.completions.create({ model, messages })
      return choices[0]?.message.content ?? ''
    },
    async stream() {
      const options = { model, messages, stream: true, stream_options: { include_usage: true } } as const
      let text = ''
      for await (const { choices } of await client.chat.completions.create(options)) {
        text += choices[0]?.delta.content ?? ''
      }
      return text
    },
  }
}
