import type { ContentBlock, Message as BedrockMessage, SystemContentBlock } from '@aws-sdk/client-bedrock-runtime'
import { InvalidRequestError } from '@llmfb/core/provider'
import type { AssistantPart, Message, TextPart, Warn } from '@llmfb/core/provider'
import type { ToCachePoint } from './cache-points.ts'
import { isServerTool, toReasoningBlock, type Issuer } from './opaque.ts'
import { createDocumentNames, toFileBlock, toImageBlock } from './to-media.ts'
import { toToolResultBlock, toToolUseBlock } from './to-tool-blocks.ts'

/** A turn of one side. */
export interface Turn extends BedrockMessage {
  readonly role: 'user' | 'assistant'
  readonly content: ContentBlock[]
}

export interface Conversation {
  readonly system: SystemContentBlock[]
  readonly messages: Turn[]
}

/** What the parts of a conversation are converted with. */
export interface Conversion {
  readonly issuer: Issuer
  readonly toCachePoint: ToCachePoint
  readonly warn: Warn
}

/** @throws InvalidRequestError for what the service cannot be told, with its path */
export function toBedrockMessages(messages: readonly Message[], conversion: Conversion): Conversation {
  const { toCachePoint, warn } = conversion
  const system: SystemContentBlock[] = []
  const turns: Turn[] = []
  const nameFor = createDocumentNames()

  // Neighbours of one role become one turn: the service wants turns to alternate.
  function add(role: Turn['role'], content: ContentBlock[]): void {
    const last = turns.at(-1)
    if (content.length === 0) return
    if (last?.role === role) last.content.push(...content)
    else turns.push({ role, content })
  }

  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    switch (message.role) {
      case 'system':
        if (turns.length > 0) {
          warn('changed', 'Amazon Bedrock takes system messages at the beginning only; it was moved there.', path)
        }
        system.push(...textOrParts(message.content).flatMap((part, at) => toTextBlocks(part, at, path, toCachePoint)))
        break
      case 'user':
        add('user', toUserBlocks(message.content, path, conversion, nameFor))
        break
      case 'tool':
        add(
          'user',
          message.content.flatMap((part, at): ContentBlock[] => {
            const where = `${path}.content[${at}]`
            return [toToolResultBlock(part, where, warn), ...toCachePoint(part.cacheBreakpoint, where)]
          }),
        )
        break
      case 'assistant':
        add('assistant', toAssistantBlocks(message.content, path, conversion))
        break
      default:
        throw new InvalidRequestError(`${path}.role`, `is '${String((message as Message).role)}', which is no role`)
    }
  }
  if (turns.length === 0) throw new InvalidRequestError('messages', 'has nothing to answer: no user or assistant text')
  return { system, messages: turns }
}

function textOrParts<Part>(content: string | readonly Part[]): readonly (Part | TextPart)[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

/** Nothing for a text without a visible character: the service refuses such blocks. */
function toTextBlocks(
  part: { readonly text: string; readonly cacheBreakpoint?: Parameters<ToCachePoint>[0] },
  index: number,
  path: string,
  toCachePoint: ToCachePoint,
): ({ text: string } | ReturnType<ToCachePoint>[number])[] {
  if (part.text.trim() === '') return []
  return [{ text: part.text }, ...toCachePoint(part.cacheBreakpoint, `${path}.content[${index}]`)]
}

function toUserBlocks(
  content: Extract<Message, { role: 'user' }>['content'],
  path: string,
  { toCachePoint, warn }: Conversion,
  nameFor: (filename?: string) => string,
): ContentBlock[] {
  return textOrParts(content).flatMap((part, index): ContentBlock[] => {
    const at = `${path}.content[${index}]`
    switch (part.type) {
      case 'text':
        return toTextBlocks(part, index, path, toCachePoint)
      case 'image':
        return [toImageBlock(part, at, warn), ...toCachePoint(part.cacheBreakpoint, at)]
      case 'file':
        return [toFileBlock(part, at, nameFor), ...toCachePoint(part.cacheBreakpoint, at)]
      default:
        throw noPart(part, at)
    }
  })
}

function toAssistantBlocks(
  content: string | readonly AssistantPart[],
  path: string,
  { issuer, toCachePoint, warn }: Conversion,
): ContentBlock[] {
  return textOrParts(content).flatMap((part, index): ContentBlock[] => {
    const at = `${path}.content[${index}]`
    switch (part.type) {
      case 'text':
        if (part.opaque) warnOfOpaque(warn, at)
        return toTextBlocks(part, index, path, toCachePoint)
      case 'tool-call':
        if (isServerTool(part.opaque, issuer)) {
          warn('unsupported', 'Amazon Bedrock made this call itself and does not take it back; it was left out.', at)
          return []
        }
        if (part.opaque) warnOfOpaque(warn, at)
        return [toToolUseBlock(part, at, warn)]
      case 'reasoning': {
        const block = toReasoningBlock(part, issuer)
        if (block) return [block]
        warn('unsupported', 'Amazon Bedrock takes back only reasoning that the model signed; this was left out.', at)
        return []
      }
      case 'file':
        warn('unsupported', 'Amazon Bedrock takes no files in turns of the model; this was left out.', at)
        return []
      default:
        throw noPart(part, at)
    }
  })
}

function warnOfOpaque(warn: Warn, at: string): void {
  warn('unsupported', 'Only the service that issued an opaque value can use it; it was left out.', `${at}.opaque`)
}

function noPart(part: never, at: string): InvalidRequestError {
  return new InvalidRequestError(`${at}.type`, `is '${String((part as { type: unknown }).type)}', which is no part`)
}
