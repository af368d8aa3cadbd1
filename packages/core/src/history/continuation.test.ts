import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delivered } from '../errors/stream-interrupted-error.ts'
import type { AssistantPart } from '../provider/part.ts'
import type { ChatRequest } from '../provider/request.ts'
import { frozen } from './__fixtures__/histories.ts'
import { findContinuationObstacle, toContinuation } from './continuation.ts'
import { createSeam } from './seam.ts'

const request: ChatRequest = { model: 'chat', messages: [{ role: 'user', content: 'hi' }] }

function deliver(...content: AssistantPart[]): Delivered {
  return { text: content.map((part) => (part.type === 'text' ? part.text : '')).join(''), content }
}
const text = (words: string): AssistantPart => ({ type: 'text', text: words })
const opaque = { issuer: 'other', data: 's' }

describe('findContinuationObstacle', () => {
  it.each([
    ['text', deliver(text('half an')), undefined],
    ['reasoning that is not signed', deliver({ type: 'reasoning', text: 'hm' }, text('half an')), undefined],
    ['nothing', deliver(), 'no text was delivered'],
    ['white space', deliver(text(' \n')), 'no text was delivered'],
    ['reasoning alone', deliver({ type: 'reasoning', text: 'hm' }), 'no text was delivered'],
    [
      'a tool call in the making',
      deliver(text('I look'), { type: 'tool-call', id: '1', name: 'look', arguments: '{"a' }),
      'a tool-call was delivered',
    ],
    ['a file', deliver(text('here'), { type: 'file', file: { url: 'https://example.org' } }), 'a file was delivered'],
    [
      'signed reasoning',
      deliver({ type: 'reasoning', text: '', opaque }, text('half an')),
      'reasoning was delivered that only other can read',
    ],
    ['signed text', deliver({ type: 'text', text: 'half an', opaque }), 'text was delivered that only other can read'],
  ])('knows whether one can go on after %s', (_, delivered, expected) => {
    expect(findContinuationObstacle(delivered, request)).toBe(expected)
  })

  it.each([
    [{ type: 'json' }, "an answer in the format 'json' cannot be gone on with"],
    [{ type: 'json-schema', schema: {} }, "an answer in the format 'json-schema' cannot be gone on with"],
    [{ type: 'text' }, undefined],
  ] as const)('knows that half a document is no beginning: %o', (responseFormat, expected) => {
    expect(findContinuationObstacle(deliver(text('{"a')), { ...request, responseFormat })).toBe(expected)
  })
})

describe('toContinuation', () => {
  it('puts what was delivered at the end, as the beginning of the turn, without what it ends in', () => {
    const delivered = deliver({ type: 'reasoning', text: 'hm' }, text('half'), text(' an \n'))
    const given = frozen({ ...request, temperature: 0, tools: [], reasoning: { effort: 'high' } } as const)
    expect(toContinuation(given, delivered)).toEqual({
      model: 'chat',
      messages: [...request.messages, { role: 'assistant', content: 'half an' }],
      temperature: 0,
      tools: [],
    })
    expect(toContinuation({ ...request, reasoning: { effort: 'none' } }, delivered).reasoning).toEqual({
      effort: 'none',
    })
  })

  it.each([
    ['a text', 'Once ', 'Once upon a'],
    ['a text part', [{ type: 'text', text: 'Once ' }], [{ type: 'text', text: 'Once upon a' }]],
    [
      'another part',
      [{ type: 'reasoning', text: 'hm' }],
      [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'upon a' },
      ],
    ],
    [
      'a signed text',
      [{ type: 'text', text: 'Once ', opaque }],
      [
        { type: 'text', text: 'Once ', opaque },
        { type: 'text', text: 'upon a' },
      ],
    ],
    ['nothing', [], [{ type: 'text', text: 'upon a' }]],
  ] as const)('goes on with a beginning of the caller that is %s', (_, content, expected) => {
    const begun = frozen([...request.messages, { role: 'assistant', content } as const])
    expect(toContinuation({ ...request, messages: begun }, deliver(text('upon a'))).messages).toEqual([
      ...request.messages,
      { role: 'assistant', content: expected },
    ])
  })

  it('leaves the rest of the tokens, and always one', () => {
    const delivered = deliver({ type: 'reasoning', text: 'four words of thought' }, text('half an answer'))
    const { maxTokens } = toContinuation({ ...request, maxTokens: 100 }, delivered)
    expect(maxTokens).toBeGreaterThan(85)
    expect(maxTokens).toBeLessThan(98)
    expect(toContinuation({ ...request, maxTokens: 3 }, delivered).maxTokens).toBe(1)
    expect('maxTokens' in toContinuation(request, delivered)).toBe(false)
  })
})

describe('createSeam', () => {
  it.each([
    ['half an ', [' answer'], 'half an answer'],
    ['half an ', ['answer'], 'half an answer'],
    ['half an', [' answer'], 'half an answer'],
    ['one\n\n', ['\n', '\n', 'two'], 'one\n\ntwo'],
    ['one\n\n', ['\n', 'two\n\n'], 'one\n\ntwo\n\n'],
    ['one\n', ['\n\n', '  two'], 'one\n\n  two'],
    ['one ', ['\n', ' two'], 'one \n two'],
    ['one \n', [' ', '', '\n'], 'one \n'],
  ])('joins %j and %j', (delivered, pieces, expected) => {
    expect(delivered + pieces.map(createSeam(delivered)).join('')).toBe(expected)
  })

  it('neither doubles nor loses anything of an answer that a model writes on from where it was told', () => {
    const word = fc.stringMatching(/^[a-z]{1,4}[ \n]{0,3}$/)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.nat(), fc.array(fc.nat({ max: 5 })), (words, cut, cuts) => {
        const answer = words.join('')
        const delivered = answer.slice(0, 1 + (cut % answer.length))
        const { messages } = toContinuation(request, deliver(text(delivered)))
        const rest = answer.slice(messages.at(-1)?.content.length)
        const seam = createSeam(delivered)
        let joined = delivered
        let at = 0
        for (const length of [...cuts, rest.length]) {
          joined += seam(rest.slice(at, at + length))
          at += length
        }
        expect(joined).toBe(answer)
      }),
    )
  })
})
