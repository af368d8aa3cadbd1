import type { ContentBlockParam, MessageParam, TextBlockParam } from '@anthropic-ai/sdk/resources/messages'
import { InvalidRequestError } from '@llmfb/core/provider'
import type { AssistantPart, Message, SystemMessage, Warn } from '@llmfb/core/provider'
import { takesSystemMidway } from './model-traits.ts'
import { toThinkingBlock } from './opaque.ts'
import { toFileBlock, toImageBlock, toTextBlocks, toToolResultBlock, toToolUseBlock } from './to-anthropic-blocks.ts'

interface Turn {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: ContentBlockParam[]
}

export interface Conversation {
  readonly system: TextBlockParam[]
  readonly messages: MessageParam[]
}

/** @throws InvalidRequestError for what Anthropic cannot be told, with its path */
export function toAnthropicMessages(
  messages: readonly Message[],
  model: string,
  issuer: string,
  warn: Warn,
): Conversation {
  const system: TextBlockParam[] = []
  const turns: Turn[] = []

  // Neighbours of one role become one turn: the results of parallel calls have to come together.
  function add(role: Turn['role'], content: ContentBlockParam[]): void {
    const last = turns.at(-1)
    if (content.length === 0) return
    if (last?.role === role) last.content.push(...content)
    else turns.push({ role, content })
  }

  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    switch (message.role) {
      case 'system': {
        const content = toSystemBlocks(message)
        if (turns.length === 0) system.push(...content)
        else if (takesSystemMidway(model) && mayStandHere(turns, messages, index)) add('system', content)
        else {
          system.push(...content)
          warn('changed', 'Anthropic takes no system message at this place; it was moved to the beginning.', path)
        }
        break
      }
      case 'user':
        add('user', toUserBlocks(message.content, path, warn))
        break
      case 'tool':
        add(
          'user',
          message.content.map((part, at) => toToolResultBlock(part, `${path}.content[${at}]`, warn)),
        )
        break
      case 'assistant':
        add('assistant', toAssistantBlocks(message.content, path, issuer, warn))
        break
      default:
        throw new InvalidRequestError(`${path}.role`, `is '${String((message as Message).role)}', which is no role`)
    }
  }
  if (turns.length === 0) throw new InvalidRequestError('messages', 'has nothing to answer: no user or assistant text')
  return { system, messages: turns as MessageParam[] }
}

/** The service's rule: behind a user's turn, and before the model's or at the end. */
function mayStandHere(turns: readonly Turn[], messages: readonly Message[], index: number): boolean {
  const before = turns.at(-1)?.role
  const after = messages.slice(index + 1).find((message) => message.role !== 'system')?.role
  return (before === 'user' || before === 'system') && (after === undefined || after === 'assistant')
}

function toSystemBlocks(message: SystemMessage): TextBlockParam[] {
  return typeof message.content === 'string'
    ? toTextBlocks({ text: message.content })
    : message.content.flatMap((part) => toTextBlocks(part))
}

function toUserBlocks(
  content: Extract<Message, { role: 'user' }>['content'],
  path: string,
  warn: Warn,
): ContentBlockParam[] {
  if (typeof content === 'string') return toTextBlocks({ text: content })
  return content.flatMap((part, index): ContentBlockParam[] => {
    const at = `${path}.content[${index}]`
    switch (part.type) {
      case 'text':
        return toTextBlocks(part)
      case 'image':
        return [toImageBlock(part, at, warn)]
      case 'file':
        return [toFileBlock(part, at)]
      default:
        throw new InvalidRequestError(
          `${at}.type`,
          `is '${String((part as { type: unknown }).type)}', which is no part`,
        )
    }
  })
}

function toAssistantBlocks(
  content: string | readonly AssistantPart[],
  path: string,
  issuer: string,
  warn: Warn,
): ContentBlockParam[] {
  if (typeof content === 'string') return toTextBlocks({ text: content })
  return content.flatMap((part, index): ContentBlockParam[] => {
    const at = `${path}.content[${index}]`
    if (part.type !== 'reasoning' && part.type !== 'file' && part.opaque) {
      warn('unsupported', 'Only the service that issued an opaque value can use it; it was left out.', `${at}.opaque`)
    }
    switch (part.type) {
      case 'text':
        return toTextBlocks(part)
      case 'tool-call':
        return [toToolUseBlock(part, at, warn)]
      case 'reasoning': {
        const block = toThinkingBlock(part, issuer)
        if (block) return [block]
        warn('unsupported', 'Anthropic takes back only reasoning that it signed; this was left out.', at)
        return []
      }
      case 'file':
        warn('unsupported', 'Anthropic takes no files in turns of the model; this was left out.', at)
        return []
      default:
        throw new InvalidRequestError(
          `${at}.type`,
          `is '${String((part as { type: unknown }).type)}', which is no part`,
        )
    }
  })
}
