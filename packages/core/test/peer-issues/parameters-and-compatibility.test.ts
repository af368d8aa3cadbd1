import { describe, expect, it } from 'vitest'
import { isProviderError } from '../../src/provider.ts'
import type {
  Capabilities,
  ChatRequest,
  ChatResponse,
  FailureKind,
  Provider,
  RouteFailedError,
  RouteOptions,
} from '../../src/index.ts'
import type { ScriptedProvider } from '../../src/testing/index.ts'
import { createScriptedProvider } from '../../src/testing/index.ts'
import { createWorld, fails, lines, passedOver, scripted } from '../world.ts'
import type { Replies } from '../world.ts'
import { overTwo } from './over-two.ts'

/** What went wrong between services for the users of others: each test is named by the project and its issue. */

function able(id: string, capabilities: Partial<Capabilities>, replies: Replies = {}): ScriptedProvider {
  return createScriptedProvider({ id, capabilities, replies })
}

const schema: ChatRequest['responseFormat'] = {
  type: 'json-schema',
  schema: { type: 'object', properties: { sky: { type: 'string' } } },
}
const tools: ChatRequest['tools'] = [{ name: 'search', description: 'finds', parameters: { type: 'object' } }]

describe('a prompt that is too long', () => {
  it('litellm 15968: moves to a larger window only, never to a smaller one that fails again', async () => {
    const providers = [
      able('a', { contextWindow: 32_000 }, fails('context-length', { status: 400 })),
      able('small', { contextWindow: 8000 }),
      able('large', { contextWindow: 200_000 }),
    ]
    const { ask, router } = createWorld({ providers, routes: { chat: ['a/m', 'small/m', 'large/m'] } })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first failure context-length', '2 large/m next-target success'])
    expect(passedOver(answer)).toEqual(['small/m window-not-larger after 1'])
    expect(router.status()[0]).toMatchObject({ failures: 0, circuit: 'closed' })
  })
})

describe('a parameter', () => {
  const reasoning = { effort: 'high' } as const
  const parameters = { temperature: { type: 'number' } } as const
  const over = (capabilities: Partial<Capabilities>, more: Partial<RouteOptions> = {}) => {
    const b = able('b', capabilities)
    const chat = { stages: [{ targets: ['a/m', 'b/m'] }], retry: { attempts: 0 }, ...more }
    return { b, ...createWorld({ providers: [scripted('a', fails('server')), b], routes: { chat } }) }
  }

  it('litellm 40470: that the fallback does not honour rules it out, with the reason', async () => {
    const { ask, errorOf, b } = over({ parameters })
    const error = await errorOf<RouteFailedError>(ask({ reasoning }))
    expect(error.exclusions).toMatchObject([{ target: 'b/m', reason: 'not-capable', detail: /reasoning/ }])
    expect(b.calls).toEqual([])
  })

  it('mnfst/llm-gateway 2419: or is left out where the route says so, never without a warning', async () => {
    const { ask, b } = over({ parameters }, { parameters: 'drop' })
    const { warnings } = await ask({ reasoning, temperature: 0.5 })
    expect(warnings).toMatchObject([{ type: 'unsupported', parameter: 'reasoning' }])
    expect(b.calls[0]?.request).toMatchObject({ temperature: 0.5 })
    expect(b.calls[0]?.request).not.toHaveProperty('reasoning')
  })

  it('litellm 38084: a schema is never left out, not even where parameters may be', async () => {
    const { ask, errorOf, b } = over({ responseFormats: ['json'] }, { parameters: 'drop' })
    const error = await errorOf<RouteFailedError>(ask({ responseFormat: schema }))
    expect(error.exclusions).toMatchObject([{ target: 'b/m', reason: 'not-capable' }])
    expect(b.calls).toEqual([])
  })

  it('mastra 23321: and the schema that the first target got is the one that the fallback gets', async () => {
    const { ask, b } = over({})
    await ask({ responseFormat: schema, reasoning })
    expect(b.calls[0]?.request).toMatchObject({ responseFormat: schema, reasoning })
  })

  it('LangChainJS 6869: tools go to the fallback as to the first', async () => {
    const { ask, read, a, b } = overTwo(fails('server'))
    await ask({ tools, toolChoice: 'required' })
    await read({ tools, toolChoice: 'required' })
    for (const { request } of [...a.calls, ...b.calls]) expect(request).toMatchObject({ tools, toolChoice: 'required' })
    expect(b.calls).toHaveLength(2)
  })

  it('litellm 19336: that one target must not get is taken away for it alone', async () => {
    const providers = ['a', 'b', 'c'].map((id) => scripted(id, id === 'c' ? {} : fails('server')))
    const targets = ['a/m', { model: 'b/m', parameters: { temperature: null, topP: 0.5 } }, 'c/m']
    const { ask } = createWorld({ providers, routes: { chat: { stages: [{ targets }], retry: { attempts: 0 } } } })
    await ask({ temperature: 1, maxTokens: 8000 })
    const sent = providers.map(({ calls }) => calls[0]?.request)
    expect(sent.map((request) => [request?.temperature, request?.topP])).toEqual([
      [1, undefined],
      [undefined, 0.5],
      [1, undefined],
    ])
    expect(sent[1]).not.toHaveProperty('temperature')
  })

  it('hermes-agent 70222: and each fallback can have a bound of its own on the answer', async () => {
    const a = scripted('a', fails('server'))
    const b = able('b', { parameters: { maxTokens: { type: 'integer', max: 4096 } } })
    const { ask } = createWorld({
      providers: [a, b],
      routes: { chat: ['a/m', { model: 'b/m', parameters: { maxTokens: 4096 } }] },
    })
    await ask({ maxTokens: 64_000 })
    expect([a, b].map(({ calls }) => calls[0]?.request.maxTokens)).toEqual([64_000, 4096])
  })
})

describe('who served, and why', () => {
  it('litellm 31722: is in the answer and at the end of a stream: provider and model, not the name that was asked for', async () => {
    const providers = [scripted('a', fails('overloaded')), scripted('b')]
    const { ask, read } = createWorld({ providers, routes: { chat: ['a/large', 'b/small'] } })
    for (const end of [await ask(), (await read()).at(-1)]) {
      expect(end).toMatchObject({ route: 'chat', provider: 'b', model: 'small' })
    }
  })

  it('litellm 28241: the reason for each fallback can be read', async () => {
    const { ask } = overTwo(fails('overloaded', { status: 529, code: 'overloaded_error', message: 'try later' }))
    expect((await ask()).attempts).toMatchObject([
      { target: 'a/m', kind: 'overloaded', status: 529, code: 'overloaded_error', message: 'try later' },
      { target: 'b/m', reason: 'next-target' },
    ])
  })

  it('hermes-agent 23661: the ledger is written at the end, after the last fallback', async () => {
    const providers = ['a', 'b', 'c'].map((id) => scripted(id, id === 'c' ? {} : { events: [], ...fails('server') }))
    const { read } = createWorld({ providers, routes: { chat: ['a/m', 'b/m', 'c/m'] } })
    const events = await read()
    expect(events.map(({ type }) => type)).toEqual(['attempt-failed', 'attempt-failed', 'text-delta', 'finish'])
    expect(events.at(-1)).toMatchObject({
      attempts: [{ target: 'a/m' }, { target: 'b/m' }, { target: 'c/m', outcome: 'success' }],
    })
  })

  it('pydantic-ai 3028: the error of a route holds the error of every call', async () => {
    const kinds: readonly FailureKind[] = ['authentication', 'rate-limit', 'overloaded', 'unknown']
    const { ask, errorOf } = createWorld({
      providers: kinds.map((kind, index) => scripted(`p${index}`, fails(kind))),
      routes: {
        chat: { stages: [{ targets: kinds.map((_, index) => `p${index}/m`) }], retry: { attempts: 0 }, maxWaitMs: 0 },
      },
    })
    const { errors } = await errorOf<RouteFailedError>(ask())
    expect(errors.every(isProviderError)).toBe(true)
    expect(errors.map(({ kind, provider }) => [kind, provider])).toEqual(
      kinds.map((kind, index) => [kind, `p${index}`]),
    )
  })
})

describe('a success', () => {
  it('GoModel 947: without an answer is a failure', async () => {
    const { ask, router } = overTwo({ text: [] })
    expect(lines(await ask())).toEqual(['1 a/m first failure empty', '2 b/m next-target success'])
    expect(router.status()[0]).toMatchObject({ successes: 0, failures: 1 })
  })

  it('OmniRoute 8210: without an answer is one for streams too', async () => {
    const { read, router } = overTwo({ text: [''] })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b', attempts: [{ kind: 'empty' }, {}] })
    expect(router.status()[0]).toMatchObject({ successes: 0, failures: 1 })
  })

  it('openclaw 59680: that holds an error in place of an answer is a failure', async () => {
    const body = { error: { type: 'server_error', message: 'no capacity' } } as unknown as ChatResponse
    const lying: Provider = { ...scripted('a'), chat: () => Promise.resolve(body) }
    const { ask, router } = createWorld({ providers: [lying, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    expect(lines(await ask())).toEqual(['1 a/m first failure malformed', '2 b/m next-target success'])
    expect(router.status()[0]).toMatchObject({ successes: 0, failures: 1 })
  })

  it('9router 3242: of that kind opens a circuit like any failure', async () => {
    const { ask, router } = overTwo({ text: [] })
    for (let request = 1; request <= 5; request++) await ask()
    expect(router.status()[0]).toMatchObject({ circuit: 'open', failures: 5, successes: 0 })
  })
})

describe('a prompt that does not fit', () => {
  const windows = (a: number, b: number) => [able('a', { contextWindow: a }), able('b', { contextWindow: b })] as const
  const words = (count: number): Partial<ChatRequest> => ({
    messages: [{ role: 'user', content: 'many words '.repeat(count / 2) }],
  })

  it('litellm 21558: is not sent at all, and goes to a target that has room', async () => {
    const [small, large] = windows(1000, 100_000)
    const { ask } = createWorld({ providers: [small, large], routes: { chat: ['a/m', 'b/m'] } })
    const answer = await ask(words(4000))
    expect(lines(answer)).toEqual(['1 b/m first success'])
    expect(answer.exclusions).toMatchObject([{ target: 'a/m', reason: 'window-too-small', detail: /1000/ }])
    expect(small.calls).toEqual([])
  })

  it('litellm 10793: counts the answer that is asked for too', async () => {
    const [small, large] = windows(4096, 100_000)
    const { ask } = createWorld({ providers: [small, large], routes: { chat: ['a/m', 'b/m'] } })
    expect((await ask({ ...words(600), maxTokens: 2000 })).provider).toBe('a')
    expect((await ask({ ...words(600), maxTokens: 4000 })).provider).toBe('b')
  })

  it('litellm 31557: says so where nobody has room, and is no fault of theirs', async () => {
    const providers = windows(1000, 2000)
    const { ask, errorOf, router } = createWorld({ providers, routes: { chat: ['a/m', 'b/m'] } })
    expect(await errorOf(ask(words(8000)))).toMatchObject({ kind: 'context-length', attempts: [] })
    for (const status of router.status()) expect(status).toMatchObject({ failures: 0, circuit: 'closed' })
  })
})

describe('a history', () => {
  const thought = { type: 'reasoning', text: 'blue?', opaque: { issuer: 'a', data: 'signed' } } as const
  const messages: ChatRequest['messages'] = [
    { role: 'user', content: 'Why the sky?' },
    { role: 'assistant', content: [thought, { type: 'text', text: 'Light.' }] },
    { role: 'user', content: 'And at night?' },
  ]
  const read = (provider: ScriptedProvider | undefined) => JSON.stringify(provider?.calls[0]?.request.messages)
  const over = (targets: readonly string[], more: Partial<RouteOptions> = {}, a: Replies = {}) => {
    const providers = [scripted('a', a), scripted('b', fails('server')), scripted('c')]
    return { providers, ...createWorld({ providers, routes: { chat: { stages: [{ targets }], ...more } } }) }
  }

  it('litellm 18160: with a signed thought comes to its issuer as it was, and to others without it, with a warning', async () => {
    const { ask, providers } = over(['a/m', 'c/m'], {}, fails('server'))
    const { warnings } = await ask({ messages })
    expect(read(providers[0])).toContain('signed')
    expect(read(providers[2])).not.toContain('signed')
    expect(read(providers[2])).toContain('Light.')
    expect(warnings).toHaveLength(1)
  })

  it('quotio 218: that was cleaned for one target is whole again for the next', async () => {
    const { ask, providers } = over(['b/m', 'a/m'])
    const { warnings } = await ask({ messages })
    expect(read(providers[1])).not.toContain('signed')
    expect(JSON.parse(read(providers[0]) ?? '')).toEqual(messages)
    expect(warnings).toEqual([])
  })

  it('claude-code 10627: keeps others from being asked, where the route would rather have no answer', async () => {
    const { ask, errorOf, providers } = over(['b/m', 'c/m'], { foreignReasoning: 'refuse' })
    expect(await errorOf(ask({ messages }))).toMatchObject({
      attempts: [],
      exclusions: [{ reason: 'not-capable' }, { reason: 'not-capable' }],
    })
    expect(providers.flatMap(({ calls }) => calls)).toEqual([])
  })

  it('hindsight 3271: has as many cache breakpoints as each target takes, the last ones', async () => {
    const marked: ChatRequest['messages'] = ['one', 'two', 'three'].map((text) => ({
      role: 'user',
      content: [{ type: 'text', text, cacheBreakpoint: {} }],
    }))
    const providers = [
      able('a', { cacheBreakpoints: 2 }, fails('server')),
      able('b', { promptCache: false }, fails('server')),
      able('c', {}),
    ]
    const { ask } = createWorld({ providers, routes: { chat: ['a/m', 'b/m', 'c/m'] } })
    await ask({ messages: marked })
    const kept = providers.map(({ calls }) =>
      calls[0]?.request.messages.map(({ content }) => JSON.stringify(content).includes('cacheBreakpoint')),
    )
    expect(kept).toEqual([
      [false, true, true],
      [false, false, false],
      [true, true, true],
    ])
  })
})
