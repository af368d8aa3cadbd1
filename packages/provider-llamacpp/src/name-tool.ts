import { type ChatRequest, ProviderError } from '@llmfb/core/provider'
import { manifest } from './manifest.ts'

/**
 * A named tool alone, with a call required: llama-server takes `tool_choice` as text, and what is none for `auto` without
 * a word.
 *
 * @throws ProviderError of kind `invalid-request`
 */
export function nameTool(request: ChatRequest, provider: string): ChatRequest {
  const { model, toolChoice, tools = [] } = request
  if (typeof toolChoice !== 'object') return request
  const named = tools.filter(({ name }) => name === toolChoice.tool)
  if (named.length === 0) {
    const message = `${manifest.name} cannot take toolChoice: no tool of the request has the name`
    throw new ProviderError(message, { kind: 'invalid-request', provider, model })
  }
  return { ...request, tools: named, toolChoice: 'required' }
}
