import Anthropic from '@anthropic-ai/sdk'
import { apiKey, type Client, question } from './client.ts'

/** The bare SDK with its defaults. */
export function createClient(origin: string): Client {
  const client = new Anthropic({ apiKey, baseURL: origin })
  const request = {
    model: 'claude-opus-5',
    max_tokens: 1024,
    messages: [{ role: 'user' as const, content: question }],
  }
  return {
    async chat() {
      const { content } = await client.messages.create(request)
      return content.map((block) => (block.type === 'text' ? block.text : '')).join('')
    },
    async stream() {
      let text = ''
      for await (const event of await client.messages.create({ ...request, stream: true })) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
      }
      return text
    },
  }
}
