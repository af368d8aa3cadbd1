import type { AssistantMessage, Message, TextPart, ToolMessage, UserMessage } from '@llmfb/core/provider'
import type OpenAI from 'openai'
import { cannotSend, type Conversion } from './request-context.ts'
import { toFilePart, toImagePart, toTextPart } from './to-content-part.ts'

type WireMessage = OpenAI.ChatCompletionMessageParam
type WireText = OpenAI.ChatCompletionContentPartText

/** The conversation in the words of Chat Completions. @throws ProviderError for what it has no words for */
export function toChatMessages(messages: readonly Message[], conversion: Conversion): WireMessage[] {
  const wire: WireMessage[] = []
  messages.forEach((message, index) => {
    const path = `messages[${index}]`
    switch (message.role) {
      case 'system':
        wire.push({ role: conversion.dialect.systemRole ?? 'system', content: toTexts(message.content, conversion) })
        break
      case 'user':
        wire.push({ role: 'user', content: toUserContent(message, path, conversion) })
        break
      case 'assistant':
        wire.push(toAssistantMessage(message, path, conversion))
        break
      case 'tool':
        wire.push(...toToolMessages(message, path, conversion))
        break
    }
  })
  return wire
}

/** A single text goes as a string, which every service takes; several stay apart. */
function toTexts(content: string | readonly TextPart[], conversion: Conversion): string | WireText[] {
  if (typeof content === 'string') return content
  const [first] = content
  const marked = conversion.dialect.cacheControl === true && first?.cacheBreakpoint !== undefined
  if (content.length === 1 && first !== undefined && !marked) return first.text
  return content.map((part) => toTextPart(part, conversion))
}

function toUserContent(
  { content }: UserMessage,
  path: string,
  conversion: Conversion,
): string | OpenAI.ChatCompletionContentPart[] {
  if (typeof content === 'string') return content
  if (content.every((part) => part.type === 'text')) return toTexts(content, conversion)
  return content.map((part, index) => {
    const partPath = `${path}.content[${index}]`
    switch (part.type) {
      case 'text':
        return toTextPart(part, conversion)
      case 'image':
        return toImagePart(part, partPath, conversion)
      case 'file':
        return toFilePart(part, partPath, conversion)
    }
  })
}

function toAssistantMessage(message: AssistantMessage, path: string, conversion: Conversion): WireMessage {
  if (typeof message.content === 'string') return { role: 'assistant', content: message.content }
  const replayField = conversion.dialect.reasoningReplayField
  const toolCalls: OpenAI.ChatCompletionMessageFunctionToolCall[] = []
  let text = ''
  let hasText = false
  let reasoning = ''
  message.content.forEach((part, index) => {
    const partPath = `${path}.content[${index}]`
    switch (part.type) {
      case 'text':
        text += part.text
        hasText = true
        break
      case 'tool-call':
        toolCalls.push({ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } })
        break
      case 'reasoning':
        if (replayField !== undefined) reasoning += part.text
        else if (part.opaque === undefined) warnLeftOut(partPath, 'reasoning is not taken back', conversion)
        break
      case 'file':
        warnLeftOut(partPath, 'files of the assistant are not taken back', conversion)
        return
    }
    if (part.opaque !== undefined) {
      warnLeftOut(`${partPath}.opaque`, `only its issuer '${part.opaque.issuer}' can read it`, conversion)
    }
  })
  return {
    role: 'assistant',
    content: hasText || toolCalls.length === 0 ? text : null,
    ...(replayField !== undefined && reasoning !== '' ? { [replayField]: reasoning } : {}),
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  }
}

function warnLeftOut(path: string, reason: string, { name, warnings }: Conversion): void {
  warnings.push({ type: 'unsupported', parameter: path, message: `Not sent to ${name}: ${reason}.` })
}

/** One message a result. That a tool failed has no field of its own: it is said with a warning. */
function toToolMessages(message: ToolMessage, path: string, conversion: Conversion): WireMessage[] {
  return message.content.map((result, index) => {
    const { content } = result
    if (result.isError === true) {
      warnLeftOut(`${path}.content[${index}].isError`, 'only the content says that the tool failed', conversion)
    }
    const wire = (parts: OpenAI.ChatCompletionToolMessageParam['content']): WireMessage => {
      return { role: 'tool', tool_call_id: result.toolCallId, content: parts }
    }
    if (typeof content === 'string') return wire(content)
    if (content.every((part) => part.type === 'text')) return wire(toTexts(content, conversion))
    const parts = content.map((part, at) => {
      if (part.type === 'text') return toTextPart(part, conversion)
      const partPath = `${path}.content[${index}].content[${at}]`
      if (!conversion.dialect.toolResultImages) throw cannotSend(partPath, 'a tool result holds text only', conversion)
      return toImagePart(part, partPath, conversion)
    })
    return wire(parts as WireText[]) // the SDK's types know OpenAI's own limits only
  })
}
