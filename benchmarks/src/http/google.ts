import { GoogleGenAI } from '@google/genai'
import { apiKey, type Client, question } from './client.ts'

/** The bare SDK with its defaults. */
export function createClient(origin: string): Client {
  const { models } = new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl: origin } })
  const request = { model: 'gemini-3-pro', contents: question }
  return {
    chat: async () => (await models.generateContent(request)).text ?? '',
    async stream() {
      let text = ''
      for await (const { text: piece } of await models.generateContentStream(request)) text += piece ?? ''
      return text
    },
  }
}
