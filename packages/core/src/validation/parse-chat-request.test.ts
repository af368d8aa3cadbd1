import { describe, expect, it } from 'vitest'
import { refusal, unexpected, valid, withContent } from './__fixtures__/refusals.ts'
import { parseChatRequest } from './parse-chat-request.ts'

const { messages } = valid
const tool = { name: 'look', parameters: { type: 'object' } }

describe('a request', () => {
  it('is refused where it is no object, or has no model or messages', () => {
    expect(
      unexpected([
        [undefined, 'request', 'must be an object, not nothing'],
        [null, 'request', 'not null'],
        ['hi', 'request', 'not a string'],
        [[valid], 'request', 'not an array'],
        [{ messages }, 'request.model', 'must be the name of a route or target'],
        [{ model: '', messages }, 'request.model', 'must be the name'],
        [{ model: 5, messages }, 'request.model', 'must be the name'],
        [{ model: 'chat' }, 'request.messages', 'must be an array of at least one message, not nothing'],
        [{ model: 'chat', messages: [] }, 'request.messages', 'at least one message'],
        [{ model: 'chat', messages: 'hi' }, 'request.messages', 'not a string'],
      ]),
    ).toEqual([])
  })

  it('is refused for a field that is not known, with the nearest that is', () => {
    expect(
      unexpected([
        [{ ...valid, maxToken: 5 }, 'request.maxToken', "is not known; did you mean 'maxTokens'?"],
        [{ ...valid, max_tokens: 5 }, 'request.max_tokens', "did you mean 'maxTokens'?"],
        [{ ...valid, 'top-p': 1 }, 'request["top-p"]', "did you mean 'topP'?"],
        [{ ...valid, zzzzzzzzzzzz: 1 }, 'request.zzzzzzzzzzzz', 'known are model, messages, tools'],
        [{ ...valid, zzzzzzzzzzzz: undefined }, 'request.zzzzzzzzzzzz', 'is not known'],
        [
          JSON.parse('{"model":"a","messages":[{"role":"user","content":"x"}],"__proto__":{"x":1}}'),
          'request.__proto__',
          'is not known',
        ],
      ]),
    ).toEqual([])
  })

  it('may leave a field undefined', () => {
    const request = { ...valid, temperature: undefined, tools: undefined, toolChoice: undefined, reasoning: undefined }
    expect(parseChatRequest(request)).toBe(request)
  })

  it('never repeats content in what it refuses', () => {
    for (const value of [
      withContent('user', 'x'),
      withContent('user', ['my secret']),
      { ...valid, stop: 'my secret' },
      { ...valid, user: ['my secret'] },
    ]) {
      expect(() => parseChatRequest(value)).not.toThrow(/my secret/)
    }
  })
})

describe('tools', () => {
  const withTools = (...tools: unknown[]) => ({ ...valid, tools })

  it('are refused for their form, and when two have one name', () => {
    const name = 'request.tools[0].name'
    expect(
      unexpected([
        [{ ...valid, tools: tool }, 'request.tools', 'must be an array of tools, not an object'],
        [withTools(tool, 'look'), 'request.tools[1]', 'must be an object'],
        [withTools({ ...tool, name: 'with space' }), name, 'must be 1 to 128 letters, digits'],
        [withTools({ ...tool, name: '' }), name, 'must be 1 to 128'],
        [withTools({ ...tool, name: 'x'.repeat(129) }), name, 'must be 1 to 128'],
        [withTools({ ...tool, parameters: undefined }), 'request.tools[0].parameters', 'must be a JSON Schema object'],
        [withTools({ ...tool, parameters: 'object' }), 'request.tools[0].parameters', 'JSON Schema object'],
        [withTools({ ...tool, description: 5 }), 'request.tools[0].description', 'must be a string'],
        [withTools({ ...tool, strict: 1 }), 'request.tools[0].strict', 'must be true or false'],
        [withTools({ ...tool, cacheBreakpoint: '5m' }), 'request.tools[0].cacheBreakpoint', 'must be an object'],
        [withTools({ ...tool, function: {} }), 'request.tools[0].function', 'is not known'],
        [withTools(tool, { ...tool, name: 'other' }, tool), 'request.tools[2].name', "'look' is there twice"],
      ]),
    ).toEqual([])
  })

  it('are chosen among those that are there', () => {
    const choose = (toolChoice: unknown, tools: unknown[] = [tool]) => ({ ...valid, tools, toolChoice })
    expect(
      unexpected([
        [{ ...valid, toolChoice: 'required' }, 'request.toolChoice', 'request.tools is empty'],
        [choose('required', []), 'request.toolChoice', 'request.tools is empty'],
        [{ ...valid, toolChoice: { tool: 'look' } }, 'request.toolChoice', 'request.tools is empty'],
        [choose({ tool: 'fetch' }), 'request.toolChoice.tool', 'names no tool of request.tools'],
        [choose({ tool: 5 }), 'request.toolChoice', "must be 'auto', 'none', 'required' or { tool: name }"],
        [choose('any'), 'request.toolChoice', "must be 'auto'"],
        [choose({ type: 'function' }), 'request.toolChoice', "must be 'auto'"],
        [choose({ tool: 'look', type: 'function' }), 'request.toolChoice.type', 'is not known'],
      ]),
    ).toEqual([])
    for (const taken of ['auto', 'none', 'required', { tool: 'look' }]) {
      expect(() => parseChatRequest(choose(taken))).not.toThrow()
    }
    expect(() => parseChatRequest({ ...valid, toolChoice: 'auto' })).not.toThrow()
  })
})

describe('a response format', () => {
  it('is text, json, or a schema with a name', () => {
    const withFormat = (responseFormat: unknown) => ({ ...valid, responseFormat })
    const path = 'request.responseFormat'
    expect(
      unexpected([
        [withFormat('json'), path, 'must be an object'],
        [withFormat({ type: 'xml' }), `${path}.type`, "must be 'text', 'json' or 'json-schema'"],
        [withFormat({}), `${path}.type`, "must be 'text'"],
        [withFormat({ type: 'json', schema: {} }), `${path}.schema`, 'is not known'],
        [withFormat({ type: 'json-schema' }), `${path}.schema`, 'must be a JSON Schema object'],
        [withFormat({ type: 'json-schema', schema: {}, name: 'a b' }), `${path}.name`, 'must be 1 to 64'],
        [withFormat({ type: 'json-schema', schema: {}, strict: 'yes' }), `${path}.strict`, 'must be true or false'],
      ]),
    ).toEqual([])
  })
})

describe('a parameter', () => {
  const bounds: Readonly<Record<string, { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }>> = {
    temperature: { good: [0, 0.7, 2], bad: [-0.01, 2.01, '1', Number.NaN, Infinity, null] },
    topP: { good: [0, 0.5, 1], bad: [-0.1, 1.1, true] },
    topK: { good: [1, 40], bad: [0, 1.5, -1, '40'] },
    maxTokens: { good: [1, 4096], bad: [0, 0.5, -1, '4096', 2 ** 53] },
    stop: { good: [['a'], ['a', 'b']], bad: [[], 'a', [''], [1], {}] },
    seed: { good: [0, -5, 2 ** 53 - 1], bad: [0.5, '5', 2 ** 53] },
    presencePenalty: { good: [-2, 0, 2], bad: [-2.1, 2.1, 'x'] },
    frequencyPenalty: { good: [-2, 0, 2], bad: [-2.1, 2.1, 'x'] },
    reasoning: {
      good: [{}, { effort: 'none' }, { effort: 'max', budgetTokens: 1 }],
      bad: ['high', true, []],
    },
    parallelToolCalls: { good: [true, false], bad: [0, 'yes', null] },
    user: { good: ['u'], bad: ['', 5] },
    metadata: { good: [{}, { a: 'b' }], bad: [{ a: 1 }, [], 'a', null] },
  }

  it.each(Object.keys(bounds))('%s has its bounds', (name) => {
    for (const value of bounds[name]?.good ?? [])
      expect(() => parseChatRequest({ ...valid, [name]: value })).not.toThrow()
    for (const value of bounds[name]?.bad ?? [])
      expect(refusal({ ...valid, [name]: value }).path).toBe(`request.${name}`)
  })

  it('of reasoning has a path of its own', () => {
    expect(
      unexpected([
        [{ ...valid, reasoning: { effort: 'huge' } }, 'request.reasoning.effort', 'must be one of none, minimal, low'],
        [
          { ...valid, reasoning: { budgetTokens: 0 } },
          'request.reasoning.budgetTokens',
          'must be a whole number of at least 1',
        ],
        [{ ...valid, reasoning: { budget: 5 } }, 'request.reasoning.budget', 'is not known'],
        [{ ...valid, providerOptions: [] }, 'request.providerOptions', 'must be an object'],
        [
          { ...valid, providerOptions: { openai: 'x' } },
          'request.providerOptions.openai',
          'must be an object, not a string',
        ],
        [{ ...valid, providerOptions: { 'a-b': 1 } }, 'request.providerOptions["a-b"]', 'must be an object'],
      ]),
    ).toEqual([])
  })
})

describe('a __proto__ from JSON', () => {
  it('has no effect wherever it is allowed to be', () => {
    const request = parseChatRequest(
      JSON.parse(`{ "model": "chat", "messages": [{ "role": "user", "content": "hi" }],
        "metadata": { "__proto__": "x" }, "providerOptions": { "__proto__": { "polluted": true } } }`),
    )
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(request)).toBe(Object.prototype)
    expect(Object.getPrototypeOf({ ...request.metadata })).toBe(Object.prototype)
  })

  it('is judged by its own fields; of others, by those that a request has', () => {
    const inheriting = (fields: object): unknown => Object.assign(Object.create(fields) as object, valid)
    expect(parseChatRequest(inheriting({ colour: 'blue' }))).toMatchObject(valid)
    expect(refusal(inheriting({ temperature: 'hot' })).path).toBe('request.temperature')
  })

  it('is refused for a hole in an array', () => {
    const hole = (): unknown[] => Object.assign([] as unknown[], { length: 1 })
    expect(refusal({ ...valid, messages: hole() }).path).toBe('request.messages[0]')
    expect(refusal({ ...valid, tools: hole() }).path).toBe('request.tools[0]')
    expect(refusal(withContent('user', hole())).path).toBe('request.messages[0].content[0]')
  })
})
