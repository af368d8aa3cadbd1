import { ChatOpenAI } from '@langchain/openai'
import { apiKey, type Client, model, question, secondModel } from './client.ts'

/** LangChain's chat model with `withFallbacks`. */
export function createClient(origin: string): Client {
  const baseURL = `${origin}/v1`
  const create = (name: string): ChatOpenAI => new ChatOpenAI({ model: name, apiKey, configuration: { baseURL } })
  const chat = create(model).withFallbacks([create(secondModel)])
  return {
    chat: async () => (await chat.invoke(question)).text,
    async stream() {
      let text = ''
      for await (const chunk of await chat.stream(question)) text += chunk.text
      return text
    },
  }
}
