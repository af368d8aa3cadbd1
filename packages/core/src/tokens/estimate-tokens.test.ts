import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../provider/request.ts'
import { boundTextTokens, estimateTextTokens } from './estimate-text-tokens.ts'
import { boundTokens, estimateTokens } from './estimate-tokens.ts'

const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))

describe('estimateTextTokens', () => {
  it('finds no fewer tokens in a longer text, at least one, and never more than bytes', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, more) => {
        const tokens = estimateTextTokens(text)
        expect(estimateTextTokens(text + more)).toBeGreaterThanOrEqual(tokens)
        expect(estimateTextTokens(more + text)).toBeGreaterThanOrEqual(tokens)
        expect(tokens > 0).toBe(text !== '')
        expect(tokens).toBeLessThanOrEqual(new TextEncoder().encode(text).length)
        expect(tokens).toBeLessThanOrEqual(boundTextTokens(text))
      }),
    )
  })

  it('adds up: two halves have as many tokens as the whole, but for one', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, more) => {
        const halves = estimateTextTokens(text) + estimateTextTokens(more)
        expect(halves - estimateTextTokens(text + more)).toBeGreaterThanOrEqual(0)
        expect(halves - estimateTextTokens(text + more)).toBeLessThanOrEqual(1)
      }),
    )
  })

  // Counted with gpt-tokenizer 4.0.0: o200k_base and the older cl100k_base.
  it.each([
    ['All human beings are born free and equal in dignity and rights.', 13, 13],
    ['const chosen = targets.filter((target) => target.readyAt(now) <= now)', 17, 17],
    ['{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}', 19, 18],
    ['Alle Menschen sind frei und gleich an Würde und Rechten geboren.', 14, 16],
    ['Всі люди народжуються вільними і рівними у своїй гідності та правах.', 22, 44],
    ['人人生而自由，在尊严和权利上一律平等。', 15, 21],
    ['すべての人間は、生まれながらにして自由であり', 17, 21],
  ])('is near the counts of two vocabularies, or between them: %s', (text, newer, older) => {
    const tokens = estimateTextTokens(text)
    expect(tokens).toBeGreaterThanOrEqual(newer * 0.8)
    expect(tokens).toBeLessThanOrEqual(Math.max(newer * 1.6, older * 1.2))
  })
})

const request = (rest: Partial<ChatRequest>): ChatRequest => ({ model: 'm', messages: [], ...rest })

describe('estimateTokens', () => {
  it('counts what a prompt is made of', () => {
    const image = { type: 'image', image: { url: 'https://example.org/a.png' } } as const
    const file = (data: string | Uint8Array, mediaType: string) =>
      ({ type: 'file', file: { data, mediaType } }) as const
    expect(estimateTokens(request({}))).toBe(0)
    expect(estimateTokens(request({ messages: [{ role: 'user', content: '' }] }))).toBe(4)
    expect(estimateTokens(request({ messages: [{ role: 'user', content: [image] }] }))).toBe(1204)
    expect(estimateTokens(request({ messages: [{ role: 'user', content: [{ ...image, detail: 'low' }] }] }))).toBe(89)
    const files = [
      file('AAAA', 'application/pdf'),
      file('A'.repeat(16), 'text/plain'),
      file(new Uint8Array(12), 'text/csv'),
      { type: 'file', file: { url: 'https://example.org/a.txt' } } as const,
    ]
    expect(estimateTokens(request({ messages: [{ role: 'user', content: files }] }))).toBe(4 + 3000 + 3 + 3 + 3000)
    const parameters = { type: 'object', properties: { city: { type: 'string', description: 'a town' } } }
    const tools = [{ name: 'look', description: 'Looks up the weather.', parameters }]
    const schema = estimateTextTokens(JSON.stringify(parameters))
    expect(estimateTokens(request({ tools }))).toBe(
      4 + estimateTextTokens('look') + estimateTextTokens('Looks up the weather.') + schema,
    )
    expect(estimateTokens(request({ responseFormat: { type: 'json-schema', schema: parameters } }))).toBe(schema)
    const exchange = request({
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'I ought to look.' },
            { type: 'tool-call', id: '1', name: 'look', arguments: '{"city":"Rome"}' },
          ],
        },
        {
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId: '1', content: [{ type: 'text', text: 'rain' }, image] }],
        },
      ],
    })
    const texts = ['I ought to look.', 'look', '{"city":"Rome"}', 'rain'].map(estimateTextTokens)
    expect(estimateTokens(exchange)).toBe(texts.reduce((sum, tokens) => sum + tokens) + 4 * 4 + 1200)
  })

  it('lies never above what the lengths alone allow', () => {
    fc.assert(
      fc.property(fc.array(anyText), fc.array(anyText), (texts, names) => {
        const whole = request({
          messages: texts.map((content) => ({ role: 'user', content })),
          tools: names.map((name) => ({ name, parameters: { type: 'object', title: name } })),
        })
        expect(boundTokens(whole)).toBeGreaterThanOrEqual(estimateTokens(whole))
        const more = { ...whole, messages: [...whole.messages, { role: 'user', content: 'more' } as const] }
        expect(estimateTokens(more)).toBeGreaterThan(estimateTokens(whole))
      }),
    )
  })
})
