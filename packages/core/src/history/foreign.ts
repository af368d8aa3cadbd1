import type { Message, UserMessage } from '../provider/message.ts'
import type { Opaque, UserPart } from '../provider/part.ts'
import type { Warning } from '../provider/response.ts'
import { mapParts, type Part } from './map-changed.ts'

/** What of a part only another issuer can read, or another model where its issuer ties it to one. */
function foreignOf(part: Part, provider: string, model: string): Opaque | undefined {
  const opaque = 'opaque' in part ? part.opaque : undefined
  if (opaque === undefined) return undefined
  return opaque.issuer === provider && (opaque.model ?? model) === model ? undefined : opaque
}

/** Where the first reasoning, or signature of it, stands that this model cannot read. */
export function findForeignReasoning(
  messages: readonly Message[],
  provider: string,
  model: string,
): string | undefined {
  for (const [at, { content }] of messages.entries()) {
    if (typeof content === 'string') continue
    const index = content.findIndex((part) => foreignOf(part, provider, model))
    if (index >= 0) return `messages[${at}].content[${index}]`
  }
  return undefined
}

/**
 * Leaves out what only others can read, with a warning each. Reasoning that has something foreign goes as a whole, since
 * its text without its signature is no longer what the model thought; reasoning without goes through. Texts and tool
 * calls lose nothing but the foreign value. A message of which nothing is left is left out, since services refuse empty
 * ones, and the user's messages around it become one, since some want the roles to take turns.
 */
export function omitForeign(
  messages: readonly Message[],
  provider: string,
  model: string,
  warnings: Warning[],
): readonly Message[] {
  let changed: Message[] | undefined
  let gap = false
  for (const [at, message] of messages.entries()) {
    const next = mapParts(message, (part, index) => {
      const foreign = foreignOf(part, provider, model)
      if (foreign === undefined) return part
      const { opaque: _, ...rest } = part as Part & { opaque: Opaque }
      const whole = part.type === 'reasoning'
      warnings.push({
        type: 'unsupported',
        parameter: `messages[${at}].content[${index}]${whole ? '' : '.opaque'}`,
        message: `Only ${foreign.issuer}${foreign.model === undefined ? '' : `/${foreign.model}`} can read it; it was left out.`,
      })
      return whole ? undefined : rest
    })
    if (next !== message) changed ??= messages.slice(0, at)
    const last = changed?.at(-1)
    if (gap && last?.role === 'user' && next?.role === 'user') changed?.splice(-1, 1, join(last, next))
    else if (next !== undefined) changed?.push(next)
    gap = next === undefined
  }
  return changed ?? messages
}

function join(first: UserMessage, second: UserMessage): UserMessage {
  return { role: 'user', content: [...partsOf(first), ...partsOf(second)] }
}

function partsOf({ content }: UserMessage): readonly UserPart[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}
