import type { Content, Part } from '@google/genai/web'
import { InvalidRequestError } from '@llmfb/core/provider'
import type { AssistantPart, Message, SystemMessage, UserMessage } from '@llmfb/core/provider'
import { isThirdGeneration } from './model-traits.ts'
import { fromOpaque } from './opaque.ts'
import { toFilePart, toFunctionCall, toFunctionResponse, toImagePart, type PartContext } from './to-google-parts.ts'

export interface Conversation {
  /** Texts of the system messages. */
  readonly system: Part[]
  readonly contents: Content[]
}

interface Turn {
  readonly from: 'user' | 'tool' | 'assistant'
  readonly parts: Part[]
}

/** @throws InvalidRequestError for what Google cannot be told, with its path */
export function toGoogleContents(messages: readonly Message[], context: PartContext): Conversation {
  const system: Part[] = []
  const turns: Turn[] = []
  const names = new Map<string, string>()

  // Neighbours of one kind become one turn: the results of parallel calls have to come together, and apart from the rest.
  function add(from: Turn['from'], parts: Part[]): void {
    const last = turns.at(-1)
    if (parts.length === 0) return
    if (last?.from === from) last.parts.push(...parts)
    else turns.push({ from, parts })
  }

  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    switch (message.role) {
      case 'system':
        if (turns.length > 0) {
          const told = 'Google takes system messages at the beginning only; it was moved there.'
          context.warn('changed', told, path)
        }
        system.push(...toSystemParts(message))
        break
      case 'user':
        add('user', toUserParts(message.content, path, context))
        break
      case 'tool':
        add(
          'tool',
          message.content.flatMap((part, at) => toFunctionResponse(part, `${path}.content[${at}]`, names, context)),
        )
        break
      case 'assistant':
        if (typeof message.content !== 'string') {
          for (const part of message.content) if (part.type === 'tool-call') names.set(part.id, part.name)
        }
        add('assistant', toModelParts(message.content, path, context))
        break
      default:
        throw new InvalidRequestError(`${path}.role`, `is '${String((message as Message).role)}', which is no role`)
    }
  }
  if (turns.length === 0) throw new InvalidRequestError('messages', 'has nothing to answer: no user or assistant text')
  if (isThirdGeneration(context.model)) for (const turn of turns) if (turn.from === 'assistant') excuse(turn.parts)
  const contents = turns.map(({ from, parts }) => ({ role: from === 'assistant' ? 'model' : 'user', parts }))
  return { system, contents }
}

/**
 * Stands in for a signature where another model made the call: without one the whole request is refused. Source:
 * "Thought signatures" in the service's documentation, on histories from other models.
 */
const noSignature = 'skip_thought_signature_validator'

/** Of calls at the same time only the first is signed. */
function excuse(parts: Part[]): void {
  const at = parts.findIndex(({ functionCall }) => functionCall)
  const isSigned = parts.some(({ functionCall, thoughtSignature }) => functionCall && thoughtSignature !== undefined)
  const first = parts[at]
  if (first && !isSigned) parts[at] = { ...first, thoughtSignature: noSignature }
}

function toTextParts(text: string): Part[] {
  return text === '' ? [] : [{ text }]
}

function toSystemParts({ content }: SystemMessage): Part[] {
  return typeof content === 'string' ? toTextParts(content) : content.flatMap((part) => toTextParts(part.text))
}

function toUserParts(content: UserMessage['content'], path: string, context: PartContext): Part[] {
  if (typeof content === 'string') return toTextParts(content)
  return content.flatMap((part, index): Part[] => {
    const at = `${path}.content[${index}]`
    switch (part.type) {
      case 'text':
        return toTextParts(part.text)
      case 'image':
        return [toImagePart(part, at, context)]
      case 'file':
        return [toFilePart(part, at, context)]
      default:
        throw new InvalidRequestError(
          `${at}.type`,
          `is '${String((part as { type: unknown }).type)}', which is no part`,
        )
    }
  })
}

function toModelParts(content: string | readonly AssistantPart[], path: string, context: PartContext): Part[] {
  if (typeof content === 'string') return toTextParts(content)
  /** Signature of the file that comes next. */
  let ofFile: string | undefined
  return content.flatMap((part, index): Part[] => {
    const at = `${path}.content[${index}]`
    const signed = part.type === 'file' ? undefined : fromOpaque(part.opaque, context.issuer)
    if ((part.type === 'text' || part.type === 'tool-call') && part.opaque && !signed) {
      const problem = 'Only the service that issued it can use an opaque value; it was left out.'
      context.warn('unsupported', problem, `${at}.opaque`)
    }
    switch (part.type) {
      case 'text':
        if (signed?.of !== 'file') return withSignature(part.text, signed?.signature, signed?.length)
        ofFile = signed.signature
        return toTextParts(part.text)
      case 'reasoning':
        if (signed) {
          return withSignature(part.text, signed.signature).map((each) => ({ ...each, thought: true }))
        }
        context.warn('unsupported', 'Google takes back only reasoning of its own; this was left out.', at)
        return []
      case 'tool-call':
        return [toFunctionCall(part, at, context)]
      case 'file': {
        const thoughtSignature = ofFile
        ofFile = undefined
        return [{ ...toFilePart(part, at, context), ...(thoughtSignature !== undefined && { thoughtSignature }) }]
      }
      default:
        throw new InvalidRequestError(
          `${at}.type`,
          `is '${String((part as { type: unknown }).type)}', which is no part`,
        )
    }
  })
}

/** The text as it came: what was signed apart from what was not. */
function withSignature(text: string, thoughtSignature: string | undefined, length = text.length): Part[] {
  if (thoughtSignature === undefined) return toTextParts(text)
  const at = Math.max(0, text.length - length)
  return [...toTextParts(text.slice(0, at)), { text: text.slice(at), thoughtSignature }]
}
