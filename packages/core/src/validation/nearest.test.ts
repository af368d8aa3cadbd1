import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from './nearest.ts'

describe('nearest', () => {
  it('names what looks alike, best first, whatever the case', () => {
    expect(nearest('opanai', ['openai', 'ollama', 'anthropic'])).toEqual(['openai'])
    expect(nearest('OpenAI', ['openai'])).toEqual(['openai'])
    expect(nearest('gpt-5-mni', ['gpt-5', 'gpt-5-mini', 'gpt-5-nano', 'claude'])).toEqual(['gpt-5-mini', 'gpt-5-nano'])
  })

  it('names nothing where nothing looks alike, and each name once', () => {
    expect(nearest('zzz', ['openai', 'ollama'])).toEqual([])
    expect(nearest('a', ['a', 'a', 'b'])).toEqual(['a', 'b'])
  })

  it('is not taken in by a name of great length', () => {
    expect(nearest('z'.repeat(400), ['openai', 'anthropic', 'x'.repeat(50)])).toEqual([])
  })

  it('names at most as many as are wanted, all of them known, and the very name first', () => {
    const names = fc.array(fc.string({ maxLength: 12 }), { maxLength: 20 })
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), names, fc.integer({ min: 1, max: 5 }), (name, known, count) => {
        const found = nearest(name, known, count)
        expect(found.length).toBeLessThanOrEqual(count)
        expect(found.every((entry) => known.includes(entry))).toBe(true)
        if (name.length <= 100 && known.includes(name)) expect(found[0]?.toLowerCase()).toBe(name.toLowerCase())
      }),
    )
  })
})
