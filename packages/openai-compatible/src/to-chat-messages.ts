import type {
  AssistantMessage,
  CacheBreakpoint,
  Message,
  TextPart,
  ToolMessage,
  ToolResultPart,
  UserMessage,
} from '@llmfb/core/provider'
import type OpenAI from 'openai'
import { writeFields, type WrittenFields } from './message-extension.ts'
import { toReasoningDetail, toReasoningDetails } from './reasoning-details.ts'
import { cannotSend, type Conversion } from './request-context.ts'
import { marksPart, toMessageBreakpoint, toPartBreakpoint } from './to-breakpoint.ts'
import { toFilePart, toImagePart, toTextPart } from './to-content-part.ts'

type WireMessage = OpenAI.ChatCompletionMessageParam
type WireText = OpenAI.ChatCompletionContentPartText

/** The conversation in the words of Chat Completions. @throws ProviderError for what it has no words for */
export function toChatMessages(messages: readonly Message[], conversion: Conversion): WireMessage[] {
  const wire: WireMessage[] = []
  messages.forEach((message, index) => {
    const path = `messages[${index}]`
    if (message.role === 'tool') {
      wire.push(...toToolMessages(message, path, conversion))
      return
    }
    const own = writeFields(message, conversion)
    const more = { ...own.fields, ...toMessageBreakpoint(breakpointsOf(message.content), conversion) }
    switch (message.role) {
      case 'system': {
        const role = conversion.dialect.systemRole ?? 'system'
        wire.push({ role, content: toTexts(message.content, conversion), ...more })
        break
      }
      case 'user':
        wire.push({ role: 'user', content: toUserContent(message, own, path, conversion), ...more })
        break
      case 'assistant':
        wire.push({ ...toAssistantMessage(message, own, path, conversion), ...more })
        break
    }
  })
  return wire
}

/** A single text goes as a string, which every service takes; several stay apart. */
function toTexts(content: string | readonly TextPart[], conversion: Conversion): string | WireText[] {
  if (typeof content === 'string') return content
  const [first] = content
  if (content.length === 1 && first !== undefined && !marksPart(first.cacheBreakpoint, conversion)) return first.text
  return content.map((part) => toTextPart(part, conversion))
}

function toUserContent(
  { content }: UserMessage,
  { written }: WrittenFields,
  path: string,
  conversion: Conversion,
): string | OpenAI.ChatCompletionContentPart[] {
  if (typeof content === 'string') return content
  const left = content.filter((part) => !written.has(part))
  if (left.length === 0 && written.size > 0) return ''
  if (areTexts(left)) return toTexts(left, conversion)
  return content.flatMap((part, index) => {
    if (written.has(part)) return []
    const partPath = `${path}.content[${index}]`
    switch (part.type) {
      case 'text':
        return [toTextPart(part, conversion)]
      case 'image':
        return [toImagePart(part, partPath, conversion)]
      case 'file':
        return [toFilePart(part, partPath, conversion)]
    }
  })
}

function toAssistantMessage(
  message: AssistantMessage,
  { written }: WrittenFields,
  path: string,
  conversion: Conversion,
): OpenAI.ChatCompletionAssistantMessageParam {
  if (typeof message.content === 'string') return { role: 'assistant', content: message.content }
  const { reasoningDetails: hasDetails = false, reasoningReplayField: replayField } = conversion.dialect
  const details = hasDetails ? toReasoningDetails(message.content, conversion) : []
  const toolCalls: OpenAI.ChatCompletionMessageFunctionToolCall[] = []
  const texts: TextPart[] = []
  let reasoning = ''
  message.content.forEach((part, index) => {
    const partPath = `${path}.content[${index}]`
    switch (part.type) {
      case 'text':
        texts.push(part)
        break
      case 'tool-call':
        toolCalls.push({ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } })
        break
      case 'reasoning':
        if (hasDetails && toReasoningDetail(part, conversion) !== undefined) return
        if (replayField !== undefined) reasoning += part.text
        else if (part.opaque === undefined) warnLeftOut(partPath, reasonFor(hasDetails), conversion)
        break
      case 'file':
        if (!written.has(part)) warnLeftOut(partPath, 'files of the assistant are not taken back', conversion)
        return
    }
    if (part.opaque === undefined || written.has(part.opaque)) return
    const { issuer, model } = part.opaque
    const who = model === undefined ? issuer : `${issuer}/${model}`
    // Where reasoning is not taken back as text, all of it is left out.
    if (part.type === 'reasoning' && replayField === undefined) {
      warnLeftOut(
        partPath,
        `the reasoning is of '${who}', which alone can read it whole; its text went too`,
        conversion,
      )
    } else warnLeftOut(`${partPath}.opaque`, `only its issuer '${who}' can read it`, conversion)
  })
  return {
    role: 'assistant',
    content: texts.length > 0 || toolCalls.length === 0 ? toAssistantTexts(texts, conversion) : null,
    ...(details.length > 0 ? { reasoning_details: details } : {}),
    ...(replayField !== undefined && reasoning !== '' ? { [replayField]: reasoning } : {}),
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  }
}

/** One text, unless a breakpoint stands in it. */
function toAssistantTexts(texts: readonly TextPart[], conversion: Conversion): string | WireText[] {
  if (texts.some(({ cacheBreakpoint }) => marksPart(cacheBreakpoint, conversion))) {
    return texts.map((part) => toTextPart(part, conversion))
  }
  return texts.map(({ text }) => text).join('')
}

function reasonFor(hasDetails: boolean): string {
  return hasDetails ? 'reasoning is taken back only as the service itself sent it' : 'reasoning is not taken back'
}

function warnLeftOut(path: string, reason: string, { name, warnings }: Conversion): void {
  warnings.push({ type: 'unsupported', parameter: path, message: `Not sent to ${name}: ${reason}.` })
}

/** One message a result. That a tool failed has no field of its own: it is said with a warning. */
function toToolMessages(message: ToolMessage, path: string, conversion: Conversion): WireMessage[] {
  return message.content.map((result, index) => {
    if (result.isError === true) {
      warnLeftOut(`${path}.content[${index}].isError`, 'only the content says that the tool failed', conversion)
    }
    const content = toResultContent(result, `${path}.content[${index}].content`, conversion)
    const marks = [...breakpointsOf(result.content), result.cacheBreakpoint]
    return { role: 'tool', tool_call_id: result.toolCallId, content, ...toMessageBreakpoint(marks, conversion) }
  })
}

/** A breakpoint behind the result stands on its last part. */
function toResultContent(
  { content, cacheBreakpoint }: ToolResultPart,
  path: string,
  conversion: Conversion,
): OpenAI.ChatCompletionToolMessageParam['content'] {
  const image = typeof content === 'string' ? -1 : content.findIndex(({ type }) => type === 'image')
  if (image >= 0 && !conversion.dialect.toolResultImages) {
    throw cannotSend(`${path}[${image}]`, 'a tool result holds text only', conversion)
  }
  const isPlain = !marksPart(cacheBreakpoint, conversion)
  if (typeof content === 'string' && isPlain) return content
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content
  if (isPlain && areTexts(parts)) return toTexts(parts, conversion)
  const wire = parts.map((part, at) => {
    return part.type === 'text' ? toTextPart(part, conversion) : toImagePart(part, `${path}[${at}]`, conversion)
  })
  const last = wire.at(-1)
  if (last !== undefined) Object.assign(last, toPartBreakpoint(cacheBreakpoint, conversion))
  return wire as WireText[] // the SDK's types know OpenAI's own limits only
}

/** Where breakpoints stand in a message, in order. */
function breakpointsOf(content: Message['content']): readonly (CacheBreakpoint | undefined)[] {
  if (typeof content === 'string') return []
  return content.map((part) => ('cacheBreakpoint' in part ? part.cacheBreakpoint : undefined))
}

function areTexts(parts: readonly { readonly type: string }[]): parts is readonly TextPart[] {
  return parts.every(({ type }) => type === 'text')
}
