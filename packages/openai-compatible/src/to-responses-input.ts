import type { AssistantMessage, Message, TextPart, ToolMessage } from '@llmfb/core/provider'
import type OpenAI from 'openai'
import { toPhase, toReasoningItem } from './own-items.ts'
import type { Conversion } from './request-context.ts'
import { toBreakpoint } from './to-breakpoint.ts'
import { toInputParts } from './to-responses-content.ts'

type InputItem = OpenAI.Responses.ResponseInputItem

export interface ResponsesInput {
  /** The first message, where it is of the system and nothing but a text. */
  readonly instructions?: string
  readonly input: InputItem[]
}

/** The conversation in the words of the Responses API. @throws ProviderError for what it has no words for */
export function toResponsesInput(messages: readonly Message[], conversion: Conversion): ResponsesInput {
  const instructions = readInstructions(messages[0], conversion)
  const input: InputItem[] = []
  messages.forEach((message, index) => {
    const path = `messages[${index}].content`
    if (index === 0 && instructions !== undefined) return
    switch (message.role) {
      case 'system':
      case 'user': {
        const { role, content } = message
        input.push({ role, content: typeof content === 'string' ? content : toInputParts(content, path, conversion) })
        break
      }
      case 'assistant':
        input.push(...toAssistantItems(message, path, conversion))
        break
      case 'tool':
        input.push(...toToolOutputs(message, path, conversion))
        break
    }
  })
  return { ...(instructions !== undefined && { instructions }), input }
}

function readInstructions(message: Message | undefined, { capabilities }: Conversion): string | undefined {
  if (message?.role !== 'system') return undefined
  if (typeof message.content === 'string') return message.content
  const [first, ...others]: readonly (TextPart | undefined)[] = message.content
  const marked = capabilities.promptCache && first?.cacheBreakpoint !== undefined
  return others.length > 0 || marked ? undefined : first?.text
}

/** Texts of one phase go as one message; reasoning goes back only as the item that the service itself sent. */
function toAssistantItems(message: AssistantMessage, path: string, conversion: Conversion): InputItem[] {
  if (typeof message.content === 'string') return [{ role: 'assistant', content: message.content }]
  const { provider } = conversion
  const items: InputItem[] = []
  let text = ''
  const endMessage = (phase?: string): void => {
    if (text !== '') items.push({ role: 'assistant', content: text, ...(phase && { phase: phase as 'commentary' }) })
    text = ''
  }
  message.content.forEach((part, index) => {
    const partPath = `${path}[${index}]`
    const reasoning = toReasoningItem(part, provider)
    const phase = toPhase(part, provider)
    if (part.type === 'text') {
      if (phase !== undefined) endMessage()
      text += part.text
      if (phase !== undefined) endMessage(phase)
    } else {
      endMessage()
      if (part.type === 'tool-call') {
        items.push({ type: 'function_call', call_id: part.id, name: part.name, arguments: part.arguments })
      } else if (reasoning !== undefined) {
        items.push(reasoning as unknown as OpenAI.Responses.ResponseReasoningItem)
      } else if (part.type === 'file') {
        warnLeftOut(partPath, 'files of the assistant are not taken back', conversion)
      } else if (part.opaque === undefined) {
        warnLeftOut(partPath, 'reasoning is taken back only as the service itself sent it', conversion)
      }
    }
    if (part.type !== 'file' && part.opaque !== undefined && reasoning === undefined && phase === undefined) {
      const { issuer } = part.opaque
      if (part.type === 'reasoning') {
        const reason = `the reasoning is of '${issuer}', which alone can read it whole; its text went too`
        warnLeftOut(partPath, reason, conversion)
      } else warnLeftOut(`${partPath}.opaque`, `only its issuer '${issuer}' can read it`, conversion)
    }
  })
  endMessage()
  return items
}

/** One item a result. That a tool failed has no field of its own: it is said with a warning. */
function toToolOutputs(message: ToolMessage, path: string, conversion: Conversion): InputItem[] {
  return message.content.map((result, index) => {
    const { content, toolCallId, cacheBreakpoint, isError } = result
    if (isError === true) {
      warnLeftOut(`${path}[${index}].isError`, 'only the content says that the tool failed', conversion)
    }
    const breakpoint = toBreakpoint(cacheBreakpoint, conversion)
    const isPlain = typeof content === 'string' && breakpoint.prompt_cache_breakpoint === undefined
    if (isPlain) return { type: 'function_call_output', call_id: toolCallId, output: content }
    const parts: readonly Exclude<typeof content, string>[number][] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : content
    const output = toInputParts(parts, `${path}[${index}].content`, conversion)
    const last = output.at(-1)
    if (last) Object.assign(last, breakpoint)
    return { type: 'function_call_output', call_id: toolCallId, output }
  })
}

function warnLeftOut(path: string, reason: string, { name, warnings }: Conversion): void {
  warnings.push({ type: 'unsupported', parameter: path, message: `Not sent to ${name}: ${reason}.` })
}
