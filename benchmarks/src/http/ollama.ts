import { Ollama } from 'ollama'
import { type Client, question } from './client.ts'

/** The bare SDK with its defaults. */
export function createClient(origin: string): Client {
  const client = new Ollama({ host: origin })
  const request = { model: 'llama3.2', messages: [{ role: 'user', content: question }] }
  return {
    chat: async () => (await client.chat({ ...request, stream: false })).message.content,
    async stream() {
      let text = ''
      for await (const { message } of await client.chat({ ...request, stream: true })) text += message.content
      return text
    },
  }
}
