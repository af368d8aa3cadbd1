import type { AssistantPart, Capabilities, ChatRequest, ParameterName, UserPart, Warning } from '@llmfb/core/provider'
import { ProviderError } from '@llmfb/core/provider'
import { Buffer } from 'node:buffer'

const fields = { temperature: 'temperature', maxTokens: 'max_tokens', stop: 'stop', seed: 'seed' } as const
const others = ['topP', 'topK', 'presencePenalty', 'frequencyPenalty', 'parallelToolCalls', 'user', 'metadata'] as const

/** The request in the words of the service, with what had to be left out. */
export function toAcmeRequest(
  request: ChatRequest,
  capabilities: Capabilities,
  provider: string,
): { readonly body: Record<string, unknown>; readonly warnings: Warning[] } {
  const warnings: Warning[] = []
  const refuse = (path: string): never => {
    throw new ProviderError(`Acme cannot take ${path}`, { kind: 'invalid-request', provider, model: request.model })
  }
  const leaveOut = (parameter: string, type: Warning['type'] = 'unsupported'): void => {
    warnings.push({ type, parameter, message: `Acme does not take ${parameter} for ${request.model}.` })
  }
  const body: Record<string, unknown> = { model: request.model, messages: [] }
  const messages = body['messages'] as unknown[]
  for (const [index, message] of request.messages.entries()) {
    const path = `messages[${index}]`
    if (message.role === 'tool') {
      for (const { toolCallId, content, isError } of message.content) {
        if (isError) leaveOut(`${path}.isError`, 'changed')
        messages.push({ role: 'tool', tool_call_id: toolCallId, content })
      }
    } else if (typeof message.content === 'string') messages.push({ role: message.role, content: message.content })
    else if (message.role === 'assistant')
      messages.push(toAssistant(message.content, (at) => leaveOut(`${path}.content${at}`)))
    else
      messages.push({
        role: message.role,
        content: message.content.map((part, at) => toPart(part, () => refuse(`${path}.content[${at}]`))),
      })
  }

  for (const [name, field] of Object.entries(fields) as [ParameterName, string][]) {
    if (request[name] === undefined) continue
    if (capabilities.parameters[name]) body[field] = request[name]
    else leaveOut(name)
  }
  for (const name of others) if (request[name] !== undefined) leaveOut(name)
  const { effort, budgetTokens } = request.reasoning ?? {}
  if (budgetTokens !== undefined) leaveOut('reasoning.budgetTokens')
  if (effort === 'low' || effort === 'high') {
    if (capabilities.parameters.reasoning) body['reasoning_effort'] = effort
    else leaveOut('reasoning.effort')
  } else if (effort !== undefined) leaveOut('reasoning.effort')

  if (request.tools?.length) {
    body['tools'] = request.tools.map(({ name, description, parameters }) => {
      return { type: 'function', function: { name, description, parameters } }
    })
    const { toolChoice } = request
    if (typeof toolChoice === 'object') body['tool_choice'] = { type: 'function', function: { name: toolChoice.tool } }
    else if (toolChoice !== undefined) body['tool_choice'] = toolChoice
  } else if (request.toolChoice === 'required' || typeof request.toolChoice === 'object') refuse('toolChoice')
  if (request.responseFormat?.type === 'json') body['response_format'] = { type: 'json_object' }
  if (request.responseFormat?.type === 'json-schema') refuse('responseFormat')
  return { body: { ...body, ...request.providerOptions?.[provider] }, warnings }
}

function toPart(part: UserPart, refuse: () => never): object {
  if (part.type === 'text') return { type: 'text', text: part.text }
  if (part.type === 'file') return refuse()
  if ('url' in part.image) return { type: 'image_url', image_url: { url: part.image.url } }
  const { data, mediaType } = part.image
  const base64 = typeof data === 'string' ? data : Buffer.from(data).toString('base64')
  return { type: 'image_url', image_url: { url: `data:${mediaType};base64,${base64}` } }
}

function toAssistant(parts: readonly AssistantPart[], leaveOut: (at: string) => void): object {
  const calls = parts.filter((part) => part.type === 'tool-call')
  for (const [at, part] of parts.entries()) {
    if (part.type === 'reasoning' || part.type === 'file') leaveOut(`[${at}]`)
    else if (part.opaque) leaveOut(`[${at}].opaque`)
  }
  return {
    role: 'assistant',
    content: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, name, arguments: args }) => ({
        id,
        type: 'function',
        function: { name, arguments: args },
      })),
    }),
  }
}
