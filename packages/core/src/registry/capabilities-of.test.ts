import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Capabilities } from '../provider/capabilities.ts'
import { capabilitiesOf } from './capabilities-of.ts'

const capabilities: Capabilities = {
  input: [],
  tools: false,
  responseFormats: [],
  streaming: true,
  reasoning: false,
  promptCache: false,
  assistantPrefill: false,
  parameters: {},
}

/** Whether a model id matches a pattern. */
function matches(match: string, model: string): boolean {
  return capabilitiesOf({ capabilities, models: [{ match, capabilities: { tools: true } }] }, model).tools
}

describe('the pattern of a manifest', () => {
  it('stands for itself, with * for any characters', () => {
    const table: readonly (readonly [string, string, boolean])[] = [
      ['gpt-5', 'gpt-5', true],
      ['gpt-5', 'gpt-5-mini', false],
      ['gpt-5*', 'gpt-5', true],
      ['gpt-5*', 'gpt-5-mini', true],
      ['*mini', 'gpt-5-mini', true],
      ['*mini', 'gpt-5-minimum', false],
      ['gpt-*-mini', 'gpt-5-mini', true],
      ['gpt-*-mini', 'gpt-mini', false],
      ['gpt-*mini', 'gpt-mini', true],
      ['*a*b*', 'xaybz', true],
      ['*a*b*', 'xbyaz', false],
      ['ab*ba', 'aba', false],
      ['*', '', true],
      ['', '', true],
      ['', 'a', false],
      ['a.c', 'abc', false],
      ['a+', 'aa', false],
    ]
    for (const [pattern, model, expected] of table)
      expect([pattern, model, matches(pattern, model)]).toEqual([pattern, model, expected])
  })

  it('matches as the same pattern does as a regular expression', () => {
    const letters = fc.stringMatching(/^[ab*.]{0,8}$/)
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[ab.]{0,10}$/), (pattern, model) => {
        const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '.*')
        expect(matches(pattern, model)).toBe(new RegExp(`^(?:${expression})$`).test(model))
      }),
      { numRuns: 1000 },
    )
  })

  it('that comes first counts, and changes only what it names', () => {
    const models = [
      { match: 'a*', capabilities: { tools: true } },
      { match: '*', capabilities: { reasoning: true } },
    ]
    expect(capabilitiesOf({ capabilities, models }, 'abc')).toEqual({ ...capabilities, tools: true })
    expect(capabilitiesOf({ capabilities, models }, 'b')).toEqual({ ...capabilities, reasoning: true })
    expect(capabilitiesOf({ capabilities }, 'b')).toBe(capabilities)
  })

  it('of many stars takes no time to speak of', () => {
    expect(matches(`${'*a'.repeat(2000)}*b`, 'a'.repeat(20_000))).toBe(false)
  })
})
