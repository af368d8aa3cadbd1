import { describe, expect, it } from 'vitest'
import { capability } from './capability.ts'
import type { Circumstances, Facts } from './__fixtures__/candidates.ts'
import { createCandidates, createContext, orderOf } from './__fixtures__/candidates.ts'

type Abilities = NonNullable<Facts['capabilities']>

function order(circumstances: Circumstances, ...abilities: readonly Abilities[]): string {
  const all = createCandidates(...abilities.map((capabilities) => ({ capabilities })))
  return orderOf(capability, all, createContext(circumstances))
}

describe('capability', () => {
  it('takes the smallest window that suffices, one of unknown size after it, and one that is too small last', () => {
    const windows = [{ contextWindow: 900 }, {}, { contextWindow: 200_000 }, { contextWindow: 32_000 }]
    expect(order({ tokens: 1000 }, ...windows)).toBe('dcba')
    expect(order({ tokens: 100 }, ...windows)).toBe('adcb')
  })

  it('counts the answer that was asked for', () => {
    const request = { maxTokens: 500 }
    const windows = [{ contextWindow: 1400 }, { contextWindow: 1500 }, { contextWindow: 9000, maxOutputTokens: 400 }]
    const able = windows.map((window) => ({ ...window, parameters: { maxTokens: { type: 'integer' } } }) as const)
    expect(order({ request, tokens: 1000 }, ...able)).toBe('bac')
  })

  it('leaves the able to those who need them', () => {
    const able: Abilities = { contextWindow: 9000, input: ['image'], tools: true, responseFormats: ['json'] }
    const plain = { contextWindow: 9000 }
    expect(order({}, able, plain)).toBe('ba')
    expect(order({ request: { tools: [{ name: 'f', parameters: {} }] } }, plain, able)).toBe('ba')
  })

  it('takes whoever honours the most of what is asked', () => {
    const request = { temperature: 0.5, seed: 7, reasoning: { effort: 'high' } } as const
    const temperature = { type: 'number' } as const
    const seed = { type: 'integer' } as const
    const reasoning = { type: 'reasoning' } as const
    expect(
      order(
        { request },
        { parameters: { temperature } },
        { parameters: { temperature, seed, reasoning }, reasoning: true, tools: true },
        { parameters: { temperature, seed } },
      ),
    ).toBe('bca')
  })

  it('takes one that heeds prompt-cache breakpoints where there are some, and one that does not where there are none', () => {
    const part = { type: 'text', text: 'A long text', cacheBreakpoint: {} } as const
    const request = { messages: [{ role: 'user', content: [part] }] } as const
    expect(order({ request }, {}, { promptCache: true })).toBe('ba')
    expect(order({}, { promptCache: true }, {})).toBe('ba')
  })

  it('sees pictures and tool calls in the history', () => {
    const picture = { type: 'image', image: { url: 'https://example.com/a.png' } } as const
    const result = { type: 'tool-result', toolCallId: '1', content: [picture] } as const
    const request = { messages: [{ role: 'tool', content: [result] }] } as const
    const reasoner = { reasoning: true, promptCache: true }
    expect(order({ request }, reasoner, { tools: true }, { tools: true, input: ['image'] })).toBe('cba')
  })

  it('keeps the order of equals', () => {
    expect(order({}, {}, {}, {})).toBe('abc')
  })

  it('says where a window is not known', () => {
    const [known, unknown] = createCandidates({ capabilities: { contextWindow: 1 } }, {})
    expect(capability.remark?.(known!, createContext())).toBeUndefined()
    expect(capability.remark?.(unknown!, createContext())).toBe('the size of its context window is not known')
  })
})
