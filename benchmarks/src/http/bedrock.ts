import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { bedrockSettings, type Client, question } from './client.ts'

/** The bare SDK with its defaults, but over HTTP/1.1: by default it speaks HTTP/2, which takes TLS. */
export function createClient(origin: string): Client {
  const settings = { ...bedrockSettings, endpoint: origin, requestHandler: new NodeHttpHandler() }
  const client = new BedrockRuntimeClient(settings)
  const request = {
    modelId: 'anthropic.claude-opus-5',
    messages: [{ role: 'user' as const, content: [{ text: question }] }],
  }
  return {
    async chat() {
      const { output } = await client.send(new ConverseCommand(request))
      return (output?.message?.content ?? []).map(({ text = '' }) => text).join('')
    },
    async stream() {
      const { stream = [] } = await client.send(new ConverseStreamCommand(request))
      let text = ''
      for await (const { contentBlockDelta } of stream) text += contentBlockDelta?.delta?.text ?? ''
      return text
    },
  }
}
