import { describe, expect, it } from 'vitest'
import type { Capabilities, ChatRequest, RouteFailedError, RouteOptions, TargetConfig } from '../src/index.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import { createWorld, fails, lines, question, scripted } from './world.ts'

/** A route over `a`, which can do this much, and `b`, which can do all. */
function withCapabilities(capabilities: Partial<Capabilities>, route: Partial<RouteOptions> = {}) {
  const a = createScriptedProvider({ id: 'a', capabilities })
  const b = scripted('b')
  const routes = {
    chat: { stages: [{ targets: ['a/m', 'b/m'] }], ...route },
    alone: { stages: [{ targets: ['a/m'] }], ...route },
  }
  return { ...createWorld({ providers: [a, b], routes }), a, b }
}

const tools = [{ name: 'look', parameters: { type: 'object' } }]
const picture = { role: 'user' as const, content: [{ type: 'image' as const, image: { url: 'https://x/y.png' } }] }
const paper = { role: 'user' as const, content: [{ type: 'file' as const, file: { url: 'https://x/y.pdf' } }] }
const call = {
  role: 'assistant' as const,
  content: [{ type: 'tool-call' as const, id: '1', name: 'look', arguments: '{}' }],
}
const shown = { type: 'tool-result' as const, toolCallId: '1', content: picture.content }
const reasoning = (range: object) => ({ parameters: { reasoning: { type: 'reasoning' as const, ...range } } })

/** What a request asks for, what its target can do, and why that is not enough. */
const needs: readonly (readonly [string, Partial<ChatRequest>, Partial<Capabilities>, string])[] = [
  ['tools', { tools }, { tools: false }, 'a/m does not take tools'],
  [
    'a schema',
    { responseFormat: { type: 'json-schema', schema: {} } },
    { responseFormats: ['json'] },
    "a/m does not answer with response format 'json-schema'",
  ],
  [
    'JSON',
    { responseFormat: { type: 'json' } },
    { responseFormats: [] },
    "a/m does not answer with response format 'json'",
  ],
  [
    'a look at a picture',
    { messages: [...question.messages, picture] },
    { input: ['file'] },
    'a/m does not take image parts',
  ],
  [
    'a look at a file',
    { messages: [paper, ...question.messages] },
    { input: ['image'] },
    'a/m does not take file parts',
  ],
  [
    'a look at a picture that a tool gave',
    { messages: [...question.messages, call, { role: 'tool', content: [shown] }] },
    { input: ['file'] },
    'a/m does not take image parts',
  ],
  [
    'a look at a file that the model made',
    { messages: [...question.messages, { role: 'assistant', content: paper.content }, ...question.messages] },
    { input: ['image'] },
    'a/m does not take file parts',
  ],
  ['tools in its history', { messages: [...question.messages, call] }, { tools: false }, 'a/m does not take tools'],
  [
    'answers of tools in its history',
    { messages: [...question.messages, { role: 'tool', content: [{ ...shown, content: 'sunny' }] }] },
    { tools: false },
    'a/m does not take tools',
  ],
  ['a temperature', { temperature: 1 }, { parameters: {} }, 'a/m does not honour temperature'],
  [
    'several parameters',
    { temperature: 2, seed: 1, topK: 3 },
    { parameters: { temperature: { type: 'number', max: 1 } } },
    'a/m honours temperature at most 1 only, does not honour topK, does not honour seed',
  ],
  [
    'a temperature out of its range',
    { temperature: 1.5 },
    { parameters: { temperature: { type: 'number', min: 0, max: 1 } } },
    'a/m honours temperature 0 to 1 only',
  ],
  [
    'too many tokens',
    { maxTokens: 9000 },
    { parameters: { maxTokens: { type: 'integer', max: 8192 } } },
    'a/m honours maxTokens at most 8192 only',
  ],
  [
    'too few tokens',
    { maxTokens: 1 },
    { parameters: { maxTokens: { type: 'integer', min: 16 } } },
    'a/m honours maxTokens at least 16 only',
  ],
  [
    'too many stops',
    { stop: ['a', 'b'] },
    { parameters: { stop: { type: 'strings', maxItems: 1 } } },
    'a/m honours at most 1 of stop',
  ],
  [
    'an effort',
    { reasoning: { effort: 'max' } },
    reasoning({ efforts: ['low'] }),
    "a/m does not honour reasoning.effort 'max'",
  ],
  [
    'an effort of one that takes budgets',
    { reasoning: { effort: 'low' } },
    reasoning({ budgetTokens: {} }),
    "a/m does not honour reasoning.effort 'low'",
  ],
  [
    'a budget',
    { reasoning: { budgetTokens: 5 } },
    reasoning({ efforts: ['low'] }),
    'a/m does not honour reasoning.budgetTokens',
  ],
  [
    'a budget out of its range',
    { reasoning: { budgetTokens: 5 } },
    reasoning({ budgetTokens: { min: 1024 } }),
    'a/m honours reasoning.budgetTokens at least 1024 only',
  ],
]

describe('a target that cannot do what a request asks for', () => {
  it.each(needs)('(%s) is passed over with the reason, and gets no call', async (_, request, capabilities, detail) => {
    const { ask, a } = withCapabilities(capabilities)
    const answer = await ask(request)
    expect(answer.provider).toBe('b')
    expect(answer.exclusions).toEqual([
      { target: 'a/m', stage: 'stage-1', reason: 'not-capable', detail, afterAttempt: 0 },
    ])
    expect(a.calls).toEqual([])
  })

  it.each(needs)('(%s) serves a request that does not ask for it', async (_, __, capabilities) => {
    const { ask, read } = withCapabilities(capabilities)
    expect((await ask()).provider).toBe('a')
    expect((await read()).at(-1)).toMatchObject({ provider: 'a' })
  })

  it('ends the request when it is the only one, with the reason', async () => {
    const { ask, errorOf } = withCapabilities({ tools: false })
    const error = await errorOf<RouteFailedError>(ask({ model: 'alone', tools }))
    expect(error).toMatchObject({ reason: 'exhausted', kind: 'router', attempts: [] })
    expect(error.message).toContain('a/m not tried, not-capable: a/m does not take tools')
    expect(error.retryAfterMs).toBeUndefined()
  })

  it('is not called as a last resort either, however its circuit stands', async () => {
    const { ask, errorOf, a } = withCapabilities({ tools: false })
    for (let request = 1; request <= 3; request++) await errorOf(ask({ model: 'alone', tools }))
    expect(a.calls).toEqual([])
  })

  it('may take an empty list of tools, and a text that is asked for as text', async () => {
    const { ask } = withCapabilities({ tools: false, responseFormats: [] })
    expect((await ask({ tools: [], responseFormat: { type: 'text' } })).provider).toBe('a')
  })

  it('is told apart by model', async () => {
    const a = createScriptedProvider({ id: 'a', capabilities: (model) => ({ tools: model === 'large' }) })
    const { ask } = createWorld({ providers: [a], routes: { chat: ['a/small', 'a/large'] } })
    expect((await ask({ tools })).attempts.map(({ target }) => target)).toEqual(['a/large'])
  })
})

describe("with parameters: 'drop'", () => {
  const drop = { parameters: 'drop' } as const

  it('what a target does not honour is not sent, and a warning says so', async () => {
    const { ask, a } = withCapabilities({ parameters: { topP: { type: 'number' } } }, drop)
    const answer = await ask({ temperature: 1, topP: 0.5, seed: 7 })
    expect(a.calls[0]?.request).toEqual({ ...question, model: 'm', topP: 0.5 })
    expect(answer.warnings).toEqual([
      { type: 'unsupported', parameter: 'temperature', message: 'a/m does not honour temperature; it was left out.' },
      { type: 'unsupported', parameter: 'seed', message: 'a/m does not honour seed; it was left out.' },
    ])
  })

  it('the finish event of a stream carries the warnings', async () => {
    const { read } = withCapabilities({ parameters: {} }, drop)
    expect((await read({ temperature: 1 })).at(-1)).toMatchObject({ warnings: [{ parameter: 'temperature' }] })
  })

  it('each target gets what it honours, and the warnings are those of the one that served', async () => {
    const { ask, b } = (() => {
      const a = createScriptedProvider({ id: 'a', capabilities: { parameters: {} }, replies: fails('server') })
      const able = scripted('b')
      return {
        ...createWorld({ providers: [a, able], routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], ...drop } } }),
        b: able,
      }
    })()
    const answer = await ask({ temperature: 1 })
    expect(b.calls[0]?.request.temperature).toBe(1)
    expect(answer.warnings).toEqual([])
  })

  it('tools and schemas are never dropped', async () => {
    const { ask } = withCapabilities({ tools: false, responseFormats: [] }, drop)
    expect((await ask({ tools })).provider).toBe('b')
    expect((await ask({ responseFormat: { type: 'json-schema', schema: {} } })).provider).toBe('b')
  })

  it('the request of the caller stays as it was', async () => {
    const { router, clock } = withCapabilities({ parameters: {} }, drop)
    const request = Object.freeze({ ...question, temperature: 1 })
    await clock.run(router.chat(request))
    expect(request.temperature).toBe(1)
  })
})

describe('the parameters of a target', () => {
  const withTarget = (
    parameters: Exclude<TargetConfig, string>['parameters'],
    capabilities: Partial<Capabilities> = {},
  ) => {
    const a = createScriptedProvider({ id: 'a', capabilities })
    const target: TargetConfig = parameters === undefined ? 'a/m' : { model: 'a/m', parameters }
    return { ...createWorld({ providers: [a, scripted('b')], routes: { chat: [target, 'b/m'] } }), a }
  }

  it('are set whatever the request says', async () => {
    const { ask, a } = withTarget({ temperature: 0.2, maxTokens: 100 })
    await ask({ temperature: 1, seed: 5 })
    expect(a.calls[0]?.request).toMatchObject({ temperature: 0.2, maxTokens: 100, seed: 5 })
  })

  it('are taken away by null', async () => {
    const { ask, a } = withTarget({ temperature: null })
    await ask({ temperature: 1, seed: 5 })
    expect(a.calls[0]?.request).toEqual({ ...question, model: 'm', seed: 5 })
  })

  it('taken away need not be honoured, and those that are set must be', async () => {
    const noTemperature = { parameters: { seed: { type: 'integer' } } } as const
    const taken = withTarget({ temperature: null }, noTemperature)
    expect((await taken.ask({ temperature: 1 })).provider).toBe('a')
    const set = withTarget({ temperature: 1 }, noTemperature)
    const answer = await set.ask()
    expect(answer.provider).toBe('b')
    expect(answer.exclusions).toMatchObject([{ detail: 'a/m does not honour temperature' }])
  })

  it('hold for that place in the route alone', async () => {
    const { ask, a } = withTarget({ temperature: 0.2 })
    await ask({ model: 'a/m' })
    expect(a.calls[0]?.request.temperature).toBeUndefined()
  })
})

describe('an answer that is longer than a model can write', () => {
  it('rules the model out', async () => {
    const { ask } = withCapabilities({ maxOutputTokens: 4096 })
    const answer = await ask({ maxTokens: 100_000 })
    expect(answer.provider).toBe('b')
    expect(answer.exclusions).toMatchObject([
      { reason: 'not-capable', detail: 'a/m honours maxTokens at most 4096 only' },
    ])
    expect((await ask({ maxTokens: 4096 })).provider).toBe('a')
  })

  it('is not asked for where the route drops what a model does not honour, and says so', async () => {
    const { ask, a } = withCapabilities({ maxOutputTokens: 4096, contextWindow: 8192 }, { parameters: 'drop' })
    const answer = await ask({ maxTokens: 100_000 })
    expect(answer.provider).toBe('a')
    expect(a.calls[0]?.request.maxTokens).toBeUndefined()
    expect(answer.warnings).toMatchObject([{ type: 'unsupported', parameter: 'maxTokens' }])
  })
})

describe('the order of a preflight', () => {
  it('asks for capability before circuits and pauses: what cannot serve is never said to be paused', async () => {
    const a = createScriptedProvider({ id: 'a', capabilities: { tools: false }, replies: fails('quota') })
    const { ask } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    await ask()
    const answer = await ask({ tools })
    expect(answer.exclusions.map(({ reason }) => reason)).toEqual(['not-capable'])
    expect(lines(answer)).toEqual(['1 b/m first success'])
  })
})
