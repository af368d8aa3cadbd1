import type { ToolCallIdForm } from '../provider/capabilities.ts'
import type { Message } from '../provider/message.ts'
import { hashOf } from '../strategy/hash.ts'
import { mapChanged, mapParts } from './map-changed.ts'

/** Letters and digits of a new id, where the form allows for them: some 60 bits of the old one's hash. */
const newIdLength = 12

/** How often another id is tried where one is taken; a form so tight that this is too little has no room for all. */
const mostTries = 1000

/**
 * The messages with ids of tool calls that a service takes back; the very same where all are. Ids that fit are kept; any
 * other becomes one that depends on nothing but itself, so that it is the same in the next call and the next turn, and a
 * prompt cache holds. Services that restrict ids also refuse an id that two calls have: the second gets its own, and each
 * result follows its call.
 */
export function fitToolCallIds(messages: readonly Message[], form: ToolCallIdForm): readonly Message[] {
  const { characters, minLength = 1, maxLength } = form
  const pattern = new RegExp(`^[${characters === 'word' ? '\\w-' : 'a-zA-Z0-9'}]{${minLength},${maxLength}}$`)
  const { taken, repeated } = idsOf(messages)
  if (!repeated && [...taken].every((id) => pattern.test(id))) return messages

  const calls = new Map<string, CallsOfId>()
  const length = Math.min(Math.max(newIdLength, minLength), maxLength)
  function create(id: string): string {
    for (let attempt = 0; ; attempt++) {
      const created = toId(id, attempt, length)
      if (taken.has(created) && attempt < mostTries) continue
      taken.add(created)
      return created
    }
  }
  function call(id: string, at: number): string {
    const known = calls.get(id)
    const fitting = known === undefined && pattern.test(id) ? id : create(id)
    if (known?.at === at) known.open.push(fitting)
    else calls.set(id, { at, open: [fitting], last: fitting })
    return fitting
  }
  function answer(id: string, at: number): string {
    const known = calls.get(id)
    if (known === undefined) return call(id, at)
    known.last = known.open.shift() ?? known.last
    return known.last
  }
  return mapChanged(messages, (message, at) =>
    mapParts(message, (part) => {
      if (part.type === 'tool-call') {
        const id = call(part.id, at)
        return id === part.id ? part : { ...part, id }
      }
      if (part.type !== 'tool-result') return part
      const toolCallId = answer(part.toolCallId, at)
      return toolCallId === part.toolCallId ? part : { ...part, toolCallId }
    }),
  )
}

/** The new ids of calls that had one id. */
interface CallsOfId {
  /** The newest message with such calls. */
  readonly at: number
  /** Its calls that are not answered yet. */
  readonly open: string[]
  /** The call that was answered last. */
  last: string
}

/** All ids of calls and results, and whether two calls share one. */
function idsOf(messages: readonly Message[]): { taken: Set<string>; repeated: boolean } {
  const called = new Set<string>()
  const taken = new Set<string>()
  let repeated = false
  for (const { content } of messages) {
    if (typeof content === 'string') continue
    for (const part of content) {
      if (part.type === 'tool-result') taken.add(part.toolCallId)
      if (part.type !== 'tool-call') continue
      repeated ||= called.has(part.id)
      called.add(part.id)
      taken.add(part.id)
    }
  }
  return { taken, repeated }
}

/** Two hashes of 32 bits, the better spread digits of each last. */
function toId(id: string, attempt: number, length: number): string {
  const digits = [hashOf(`${attempt} ${id}`), hashOf(`${id} ${attempt}`)].map((hash) =>
    hash.toString(36).padStart(7, '0'),
  )
  return digits.join('').slice(-length).padStart(length, '0')
}
