import type { AssistantPart, ChatResponse } from '@llmfb/core/provider'
import type { AnswerContext } from './answer-context.ts'
import { phaseOpaque, reasoningOpaque } from './own-items.ts'
import { readFinish, readMessageText, readReasoningText } from './read-response.ts'
import type { WireResponse } from './responses-wire.ts'
import { fail, readRequestId, toReadingError } from './to-provider-error.ts'
import { toResponsesUsage } from './to-responses-usage.ts'
import { isRecord, readText, toArgumentsText } from './wire.ts'

/** A complete answer of the Responses API. @throws ProviderError when the body holds an error, or no answer */
export function fromResponse(body: unknown, context: AnswerContext): ChatResponse {
  try {
    return readAnswer(body, context)
  } catch (error) {
    throw toReadingError(error, context)
  }
}

function readAnswer(body: unknown, context: AnswerContext): ChatResponse {
  const { name, dialect, provider } = context
  if (!isRecord(body)) throw fail('malformed', `The answer of ${name} is not an object`, context, { status: 200 })
  const response: WireResponse = body
  const { content, refused } = readOutput(response, context)
  const hasToolCalls = content.some((part) => part.type === 'tool-call')
  const finishReason = readFinish(response, { refused, hasToolCalls }, context)
  if (!Array.isArray(response.output)) {
    throw fail('malformed', `The answer of ${name} has no output`, context, { status: 200 })
  }
  if (finishReason.raw === '') {
    throw fail('malformed', `The answer of ${name} has no status`, context, { status: 200 })
  }
  if (response.output.length === 0 && finishReason.raw === 'completed') {
    throw fail('empty', `The answer of ${name} is empty`, context, { status: 200 })
  }
  if (content.some((part) => part.type === 'tool-call' && part.name === '')) {
    throw fail('malformed', `${name} sent a tool call without a name`, context, { status: 200 })
  }
  const usage = toResponsesUsage(response.usage, dialect)
  const requestId = (context.headers && readRequestId(context.headers)) ?? readText(response.id)
  let text = ''
  for (const part of content) if (part.type === 'text') text += part.text
  return {
    text,
    content,
    finishReason,
    ...(usage ? { usage } : {}),
    warnings: context.warnings,
    model: readText(response.model) ?? context.model,
    provider,
    ...(requestId ? { requestId } : {}),
    ...(context.rateLimits.length > 0 ? { rateLimits: context.rateLimits } : {}),
  }
}

/** What the service's own tools did is no part of an answer; it is told by the text that follows. */
function readOutput(
  response: WireResponse,
  { provider }: AnswerContext,
): { content: AssistantPart[]; refused: boolean } {
  const content: AssistantPart[] = []
  let refused = false
  let calls = 0
  for (const item of response.output ?? []) {
    if (item.type === 'message') {
      const message = readMessageText(item)
      const opaque = phaseOpaque(provider, item)
      refused ||= message.refused
      if (message.text !== '' || opaque) content.push({ type: 'text', text: message.text, ...(opaque && { opaque }) })
    } else if (item.type === 'reasoning') {
      content.push({ type: 'reasoning', text: readReasoningText(item), opaque: reasoningOpaque(provider, item) })
    } else if (item.type === 'function_call') {
      content.push({
        type: 'tool-call',
        id: readText(item.call_id) ?? readText(item.id) ?? `call_${calls}`,
        name: readText(item.name) ?? '',
        arguments: toArgumentsText(item.arguments),
      })
      calls += 1
    }
  }
  return { content, refused }
}
