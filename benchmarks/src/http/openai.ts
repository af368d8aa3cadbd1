import { OpenAI } from 'openai'
import { apiKey, type Client, model, question } from './client.ts'

/** The bare SDK with its defaults: what the others are compared to. */
export function createClient(origin: string): Client {
  const baseURL = `${origin}/v1`
  const client = new OpenAI({ apiKey, baseURL })
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
