import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Capabilities, ToolCallIdForm } from '../provider/capabilities.ts'
import type { Message } from '../provider/message.ts'
import type { Tool } from '../provider/tool.ts'
import { findForeignReasoning } from './foreign.ts'
import { frozen, histories, partsOf } from './__fixtures__/histories.ts'
import { toTargetHistory, type TargetHistory } from './to-target-history.ts'

const capabilities: Capabilities = {
  input: ['image'],
  tools: true,
  responseFormats: [],
  streaming: true,
  reasoning: true,
  promptCache: true,
  assistantPrefill: false,
  parameters: {},
}
const word: ToolCallIdForm = { characters: 'word', maxLength: 64 }
const nine: ToolCallIdForm = { characters: 'letters-and-digits', minLength: 9, maxLength: 9 }
const tool: Tool = { name: 'look', parameters: {}, cacheBreakpoint: {} }

function convert(
  messages: readonly Message[],
  own: Partial<Capabilities> = {},
  tools?: readonly Tool[],
): TargetHistory {
  return toTargetHistory({ messages, ...(tools && { tools }) }, 'own', 'm', { ...capabilities, ...own })
}

const forms = fc.record(
  {
    promptCache: fc.boolean(),
    cacheBreakpoints: fc.nat({ max: 5 }),
    toolCallIds: fc.constantFrom(word, nine),
  },
  { requiredKeys: ['promptCache'] },
)
const toolLists = fc.constantFrom(undefined, [], [tool], [tool, { ...tool, name: 'find' }])

describe('toTargetHistory', () => {
  it('gives back the very same where nothing has to change', () => {
    const plain: Message[] = [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'hi' },
    ]
    const tools = [tool]
    expect(convert(plain, { promptCache: false, toolCallIds: nine }).messages).toBe(plain)
    const rich: Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'hi', cacheBreakpoint: {} }] },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm' },
          { type: 'reasoning', text: 'hm', opaque: { issuer: 'own', data: 1 } },
          { type: 'reasoning', text: 'hm', opaque: { issuer: 'own', model: 'm', data: 1 } },
          { type: 'tool-call', id: 'abcdefgh1', name: 'look', arguments: '{}' },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'abcdefgh1', content: 'no' }] },
    ]
    const same = convert(rich, { cacheBreakpoints: 2, toolCallIds: nine }, tools)
    expect(same.messages).toBe(rich)
    expect(same.tools).toBe(tools)
    expect(same.warnings).toEqual([])
  })

  it('is at its end after one step, whatever it was given, and changes nothing of that', () => {
    fc.assert(
      fc.property(histories, forms, toolLists, (messages, own, tools) => {
        const once = convert(frozen(messages), own, frozen(tools))
        expect(convert(messages, own, tools)).toEqual(once)
        const twice = convert(once.messages, own, once.tools)
        expect(twice.messages).toBe(once.messages)
        expect(twice.tools).toBe(once.tools)
        expect(twice.warnings).toEqual([])
      }),
    )
  })

  it('leaves nothing that only others can read, and warns of each', () => {
    fc.assert(
      fc.property(histories, (messages) => {
        const { messages: kept, warnings } = convert(messages)
        expect(findForeignReasoning(kept, 'own', 'm')).toBeUndefined()
        const foreign = partsOf(messages).filter(
          (part) =>
            'opaque' in part &&
            part.opaque !== undefined &&
            (part.opaque.issuer !== 'own' || part.opaque.model === 'n'),
        )
        expect(warnings.length).toBe(foreign.length)
        expect(findForeignReasoning(messages, 'own', 'm') === undefined).toBe(foreign.length === 0)
        const lost = foreign.filter(({ type }) => type === 'reasoning').length
        expect(partsOf(kept).length - joinedTexts(messages, kept)).toBe(partsOf(messages).length - lost)
        // No message is empty that was not so before.
        const empty = (all: readonly Message[]): number => all.filter(({ content }) => content.length === 0).length
        expect(empty(kept)).toBeLessThanOrEqual(empty(messages))
      }),
    )
  })

  it('says what was left out, and joins what the user said around a message of which nothing is left', () => {
    const signed = { type: 'reasoning', text: 'hm', opaque: { issuer: 'other', model: 'n', data: 's' } } as const
    const { messages, warnings } = convert([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: [signed] },
      { role: 'user', content: [{ type: 'text', text: 'two' }] },
      { role: 'user', content: 'three' },
      {
        role: 'assistant',
        content: [signed, { type: 'text', text: 'four', opaque: { issuer: 'own', model: 'n', data: 's' } }],
      },
    ])
    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
      { role: 'user', content: 'three' },
      { role: 'assistant', content: [{ type: 'text', text: 'four' }] },
    ])
    expect(warnings).toEqual([
      {
        type: 'unsupported',
        parameter: 'messages[1].content[0]',
        message: 'Only other/n can read it; it was left out.',
      },
      {
        type: 'unsupported',
        parameter: 'messages[4].content[0]',
        message: 'Only other/n can read it; it was left out.',
      },
      {
        type: 'unsupported',
        parameter: 'messages[4].content[1].opaque',
        message: 'Only own/n can read it; it was left out.',
      },
    ])
    expect(
      findForeignReasoning(
        [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: [signed] },
        ],
        'own',
        'm',
      ),
    ).toBe('messages[1].content[0]')
  })
})

/** Texts of the user that became parts when their messages were joined. */
function joinedTexts(before: readonly Message[], after: readonly Message[]): number {
  const strings = (all: readonly Message[]): number => all.filter(({ content }) => typeof content === 'string').length
  return strings(before) - strings(after)
}

describe('ids of tool calls', () => {
  it.each([
    ['word', word, /^[\w-]{1,64}$/],
    ['nine letters and digits', nine, /^[a-zA-Z0-9]{9}$/],
  ])('fit (%s), are unique, are kept where they fit, and lead every result to its call', (_, toolCallIds, pattern) => {
    fc.assert(
      fc.property(histories, (messages) => {
        const names = new Map<string, string>()
        const before = new Set<string>()
        const given = partsOf(messages)
        for (const [index, part] of partsOf(convert(messages.map(withoutOpaque), { toolCallIds }).messages).entries()) {
          if (part.type === 'tool-call') {
            expect(part.id).toMatch(pattern)
            expect(names.has(part.id)).toBe(false)
            names.set(part.id, part.name)
            const old = given[index] as typeof part
            if (pattern.test(old.id) && !before.has(old.id)) expect(part.id).toBe(old.id)
            before.add(old.id)
          }
          if (part.type === 'tool-result') expect(names.get(part.toolCallId)).toBe(part.toolName)
        }
      }),
    )
  })

  it('that two calls share are told apart, and a result belongs to the newest call', () => {
    const call = { type: 'tool-call', id: 'abcdefgh1', name: 'look', arguments: '{}' } as const
    const result = { type: 'tool-result', toolCallId: 'abcdefgh1', content: 'no' } as const
    const fitted = partsOf(
      convert(
        [
          { role: 'assistant', content: [call] },
          { role: 'user', content: 'never mind that; look again' },
          { role: 'assistant', content: [call] },
          { role: 'tool', content: [result] },
        ],
        { toolCallIds: nine },
      ).messages,
    )
    const own = expect.stringMatching(/^(?!abcdefgh1)[a-z0-9]{9}$/) as string
    expect(fitted).toEqual([call, { ...call, id: own }, { ...result, toolCallId: own }])
    expect(fitted[1]).toHaveProperty('id', (fitted[2] as { toolCallId: string }).toolCallId)
  })

  it('fit in results too whose call is not there', () => {
    const message: Message = { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a b', content: 'no' }] }
    const [result] = partsOf(convert([message], { toolCallIds: word }).messages)
    expect(result).toHaveProperty('toolCallId', expect.stringMatching(/^[a-z0-9]{12}$/))
  })

  it('stay as they were when the conversation goes on', () => {
    fc.assert(
      fc.property(histories, histories, (messages, more) => {
        const now = convert(messages.map(withoutOpaque), { toolCallIds: nine }).messages
        const later = convert([...messages, ...more].map(withoutOpaque), { toolCallIds: nine }).messages
        expect(later.slice(0, now.length)).toEqual(now)
      }),
    )
  })

  it('are given out although a form has hardly any, and stay what they are where any will do', () => {
    const content = Array.from(
      { length: 40 },
      (_, at) => ({ type: 'tool-call', id: `:${at}`, name: 'f', arguments: '' }) as const,
    )
    const messages: Message[] = [{ role: 'assistant', content }]
    const fitted = partsOf(convert(messages, { toolCallIds: { characters: 'word', maxLength: 1 } }).messages)
    expect(fitted.every((part) => part.type === 'tool-call' && /^\w$/.test(part.id))).toBe(true)
    expect(convert(messages).messages).toBe(messages)
  })
})

function withoutOpaque(message: Message): Message {
  if (message.role !== 'assistant' || typeof message.content === 'string') return message
  return {
    ...message,
    content: message.content.map(({ ...part }) => ('opaque' in part ? (delete part.opaque, part) : part)),
  }
}

describe('cache breakpoints', () => {
  it('are the last ones that a target takes, tools before messages, and go where they have no effect', () => {
    fc.assert(
      fc.property(histories, forms, toolLists, (messages, own, tools) => {
        const own64 = { ...own, toolCallIds: word }
        const bare = messages.map(withoutOpaque)
        const most = own.promptCache ? (own.cacheBreakpoints ?? Infinity) : 0
        const before = marks(bare, tools)
        const after = marks(convert(bare, own64, tools).messages, convert(bare, own64, tools).tools)
        let left = most
        const expected = before.toReversed().map((mark) => mark && left-- > 0)
        expect(after).toEqual(expected.toReversed())
      }),
    )
  })

  it('inside a result go before that of the result', () => {
    const inner = { type: 'text', text: 'a', cacheBreakpoint: {} } as const
    const result = { type: 'tool-result', toolCallId: 'x', content: [inner], cacheBreakpoint: {} } as const
    expect(convert([{ role: 'tool', content: [result] }], { cacheBreakpoints: 1 }).messages).toEqual([
      { role: 'tool', content: [{ ...result, content: [{ type: 'text', text: 'a' }] }] },
    ])
  })
})

/** Whether there is a breakpoint at each place where one can be, in the order of the prompt. */
function marks(messages: readonly Message[], tools: readonly Tool[] = []): boolean[] {
  const has = (item: object): boolean => 'cacheBreakpoint' in item
  const ofParts = partsOf(messages).flatMap((part, index, all) => {
    // A result stands before its single inner part here, and behind it in the prompt.
    if (part.type === 'tool-result') return []
    const outer = all[index - 1]
    return outer?.type === 'tool-result' ? [has(part), has(outer)] : [has(part)]
  })
  return [...tools.map(has), ...ofParts]
}
