import * as fc from 'fast-check'
import type { Message } from '../../provider/message.ts'
import type { AssistantPart, CacheBreakpoint, Opaque, ToolCallPart, ToolResultPart } from '../../provider/part.ts'
import type { Part } from '../map-changed.ts'

/** Few enough that ids repeat, and such as no service takes. */
const id = fc.oneof(
  fc.constantFrom('call_1', 'ABCDEFGH1', 'functions.look:0', 'x', 'é', 'toolu_01VLwCjyU7u928EqHmMRvow8', 'a'.repeat(70)),
  fc.string({ minLength: 1 }),
)
const marked = fc.option(fc.record({ cacheBreakpoint: fc.constant<CacheBreakpoint>({ ttl: '5m' }) }), { nil: {} })
const opaque: fc.Arbitrary<{ opaque?: Opaque }> = fc.option(
  fc.record({
    opaque: fc.oneof(
      fc.record({ issuer: fc.constantFrom('own', 'other'), data: fc.string() }),
      fc.record({ issuer: fc.constantFrom('own', 'other'), model: fc.constantFrom('m', 'n'), data: fc.string() }),
    ),
  }),
  { nil: {} },
)
const text = fc.record({ type: fc.constant('text' as const), text: fc.string() })
const image = fc.constant({ type: 'image', image: { url: 'https://example.org/a.png' } } as const)

/** A turn of the user, or one of the model with the results of all its calls; the names of calls are told in order. */
const turn = fc.oneof(
  fc.string().map((content): Message[] => [{ role: 'user', content }]),
  fc.string().map((content): Message[] => [{ role: 'assistant', content }]),
  fc
    .array(fc.tuple(fc.oneof(text, image), marked), { minLength: 1, maxLength: 2 })
    .map((parts): Message[] => [{ role: 'user', content: parts.map(([part, mark]) => ({ ...part, ...mark })) }]),
  fc
    .tuple(
      fc.array(fc.tuple(fc.oneof(text, text, fc.record({ type: fc.constant('reasoning' as const), text: fc.string() })), opaque), { maxLength: 3 }),
      fc.array(fc.tuple(id, opaque, marked, marked), { maxLength: 3 }),
    )
    .map(([parts, calls]): Message[] => {
      const content: AssistantPart[] = [
        ...parts.map(([part, own]) => ({ ...part, ...own })),
        ...calls.map(([callId, own]): ToolCallPart => ({ type: 'tool-call', id: callId, name: '', arguments: '{}', ...own })),
      ]
      const results = calls.map(([toolCallId, , mark, inner]): ToolResultPart => {
        return { type: 'tool-result', toolCallId, content: [{ type: 'text', text: 'done', ...inner }], ...mark }
      })
      const answer: Message = { role: 'assistant', content }
      return results.length === 0 ? [answer] : [answer, { role: 'tool', content: results }]
    }),
)

/** Histories in which every tool call has a name of its own, which its result tells again. */
export const histories: fc.Arbitrary<readonly Message[]> = fc
  .array(turn, { minLength: 1, maxLength: 6 })
  .map((turns) => turns.flat().map(nameCalls))

function nameCalls(message: Message, at: number): Message {
  if (message.role === 'assistant' && typeof message.content !== 'string') {
    let calls = 0
    const content = message.content.map((part) => (part.type === 'tool-call' ? { ...part, name: `${at}.${calls++}` } : part))
    return { ...message, content }
  }
  if (message.role !== 'tool') return message
  return { ...message, content: message.content.map((part, index) => ({ ...part, toolName: `${at - 1}.${index}` })) }
}

/** All parts, what tools answered after the result it is in. */
export function partsOf(messages: readonly Message[]): Part[] {
  const flat = (parts: readonly Part[]): Part[] =>
    parts.flatMap((part) => [part, ...(part.type === 'tool-result' && typeof part.content !== 'string' ? flat(part.content) : [])])
  return messages.flatMap(({ content }) => (typeof content === 'string' ? [] : flat(content)))
}

/** The same value, which throws when it is written to. */
export function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) frozen(inner)
    Object.freeze(value)
  }
  return value
}
