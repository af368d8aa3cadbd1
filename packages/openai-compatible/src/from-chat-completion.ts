import type { AssistantPart, ChatResponse } from '@llmfb/core/provider'
import { type AnswerContext, otherChoices, reasoningFields } from './answer-context.ts'
import { appendParts } from './message-extension.ts'
import { readContentParts, readReasoning } from './read-content.ts'
import { readReasoningDetails } from './reasoning-details.ts'
import { toFinishReason } from './to-finish-reason.ts'
import { fail, readRequestId, toAnswerError, toReadingError } from './to-provider-error.ts'
import { toUsage } from './to-usage.ts'
import { findError, isRecord, readText, toArgumentsText, type WireAnswer, type WireMessage } from './wire.ts'

/** A complete answer. @throws ProviderError when the body holds an error, or no answer */
export function fromChatCompletion(body: unknown, context: AnswerContext): ChatResponse {
  try {
    return readAnswer(body, context)
  } catch (error) {
    throw toReadingError(error, context)
  }
}

function readAnswer(body: unknown, context: AnswerContext): ChatResponse {
  const { name, dialect, provider } = context
  if (!isRecord(body)) throw fail('malformed', `The answer of ${name} is not an object`, context, { status: 200 })
  const answer: WireAnswer = body
  const error = findError(body)
  if (error !== undefined) throw toAnswerError(error, context)
  if (!Array.isArray(answer.choices)) {
    throw fail('malformed', `The answer of ${name} has no choices`, context, { status: 200 })
  }
  const choice = answer.choices[0]
  if (choice?.error !== undefined && choice.error !== null) throw toAnswerError(choice.error, context)
  const message = choice?.message
  if (!choice || !isRecord(message)) throw fail('empty', `The answer of ${name} is empty`, context, { status: 200 })
  if (choice.finish_reason === 'error') throw toAnswerError(undefined, context)

  const content = readMessage(message, context)
  if (content.some((part) => part.type === 'tool-call' && part.name === '')) {
    throw fail('malformed', `${name} sent a tool call without a name`, context, { status: 200 })
  }
  const finishReason = toFinishReason(
    readText(choice.finish_reason) ?? '',
    { refused: isRefusal(message), hasToolCalls: content.some((part) => part.type === 'tool-call') },
    dialect,
  )
  const usage = isRecord(answer.usage) ? toUsage(answer.usage, dialect) : undefined
  const requestId = (context.headers && readRequestId(context.headers)) ?? readText(answer.id)
  let text = ''
  for (const part of content) if (part.type === 'text') text += part.text
  return {
    text,
    content,
    finishReason,
    ...(usage ? { usage } : {}),
    warnings: answer.choices.length > 1 ? [...context.warnings, otherChoices] : context.warnings,
    model: readText(answer.model) ?? context.model,
    provider,
    ...(requestId ? { requestId } : {}),
    ...(context.rateLimits.length > 0 ? { rateLimits: context.rateLimits } : {}),
  }
}

function isRefusal(message: WireMessage): boolean {
  return typeof message.refusal === 'string' && message.refusal !== ''
}

function readMessage(message: WireMessage, context: AnswerContext): AssistantPart[] {
  const { dialect } = context
  const details = dialect.reasoningDetails ? readReasoningDetails(message['reasoning_details'], context) : []
  const parts: AssistantPart[] = []
  if (details.every(({ text }) => text === '')) {
    const reasoning = readReasoning(message, dialect.reasoningFields ?? reasoningFields)
    if (reasoning !== '') parts.push({ type: 'reasoning', text: reasoning })
  }
  parts.push(...details)
  if (typeof message.content === 'string') {
    if (message.content !== '') parts.push({ type: 'text', text: message.content })
  } else if (Array.isArray(message.content)) {
    parts.push(...readContentParts(message.content))
  }
  if (isRefusal(message)) parts.push({ type: 'text', text: message.refusal ?? '' })
  if (dialect.extension) {
    const reader = dialect.extension.createReader(context)
    reader.read(message)
    appendParts(parts, reader.parts())
  }
  const calls = message.tool_calls ?? []
  calls.forEach((call, index) => {
    parts.push({
      type: 'tool-call',
      id: readText(call.id) ?? `call_${index}`,
      name: readText(call.function?.name) ?? '',
      arguments: toArgumentsText(call.function?.arguments),
    })
  })
  const legacy = message.function_call
  const legacyName = readText(legacy?.name)
  if (legacyName !== undefined && calls.length === 0) {
    parts.push({ type: 'tool-call', id: 'call_0', name: legacyName, arguments: toArgumentsText(legacy?.arguments) })
  }
  return parts
}
