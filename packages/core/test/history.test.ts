import { describe, expect, it } from 'vitest'
import type {
  Capabilities,
  ChatRequest,
  Message,
  ReasoningPart,
  RouteFailedError,
  RouterOptions,
} from '../src/index.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import type { ScriptedProvider } from '../src/testing/index.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

const signed: ReasoningPart = { type: 'reasoning', text: 'because', opaque: { issuer: 'a', data: 'signature' } }

const thought: readonly Message[] = [
  { role: 'user', content: 'Why the sky?' },
  { role: 'assistant', content: [signed, { type: 'text', text: 'Light.' }] },
  { role: 'user', content: 'More.' },
]

/** A history with a tool call of this id. */
function called(...ids: readonly string[]): readonly Message[] {
  return [
    { role: 'user', content: 'Weather?' },
    ...ids.flatMap((id): readonly Message[] => [
      { role: 'assistant', content: [{ type: 'tool-call', id, name: 'weather', arguments: '{}' }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: id, content: 'sunny' }] },
    ]),
  ]
}

function idsOf({ messages }: ChatRequest): readonly string[] {
  return messages.flatMap(({ content }) =>
    typeof content === 'string'
      ? []
      : content.flatMap((part) =>
          part.type === 'tool-call' ? [part.id] : part.type === 'tool-result' ? [part.toolCallId] : [],
        ),
  )
}

function able(id: string, capabilities: Partial<Capabilities>, fail = false): ScriptedProvider {
  return createScriptedProvider({ id, capabilities, replies: fail ? fails('server') : {} })
}

function requestOf(provider: ScriptedProvider, call = 0): ChatRequest {
  const { request } = provider.calls[call] ?? {}
  if (request === undefined) throw new Error(`${provider.id} was not called so often`)
  return request
}

const routes: RouterOptions['routes'] = { chat: { stages: [{ targets: ['a/m', 'b/m'] }], retry: { attempts: 0 } } }

describe('reasoning that only its issuer can read', () => {
  it('goes to its issuer as it came, and to nobody else; who leaves it out says so', async () => {
    const [a, b] = [scripted('a', fails('server')), scripted('b')]
    const { ask } = createWorld({ providers: [a, b], routes })
    const answer = await ask({ messages: thought })
    expect(requestOf(a).messages).toEqual(thought)
    expect(requestOf(b).messages).toEqual([
      thought[0],
      { role: 'assistant', content: [{ type: 'text', text: 'Light.' }] },
      thought[2],
    ])
    expect(answer.warnings).toEqual([
      { type: 'unsupported', parameter: 'messages[1].content[0]', message: 'Only a can read it; it was left out.' },
    ])
  })

  it('is warned about by the target that answered, not by one that failed', async () => {
    const { ask } = createWorld({
      providers: [scripted('b', fails('server')), scripted('a')],
      routes: { chat: ['b/m', 'a/m'] },
    })
    const answer = await ask({ messages: thought })
    expect(answer.provider).toBe('a')
    expect(answer.warnings).toEqual([])
  })

  it('is warned about at the end of a stream', async () => {
    const { read } = createWorld({ providers: [scripted('a'), scripted('b')], routes: { chat: ['b/m'] } })
    expect((await read({ messages: thought })).at(-1)).toMatchObject({
      type: 'finish',
      warnings: [{ type: 'unsupported', parameter: 'messages[1].content[0]' }],
    })
  })

  it('rules out who cannot read it, where the route refuses to leave it out', async () => {
    const b = scripted('b')
    const { ask, errorOf } = createWorld({
      providers: [scripted('a', fails('server')), b],
      routes: { chat: { stages: [{ targets: ['b/m', 'a/m'] }], foreignReasoning: 'refuse', retry: { attempts: 0 } } },
    })
    const error = await errorOf<RouteFailedError>(ask({ messages: thought }))
    expect(lines(error)).toEqual(['1 a/m first failure server'])
    expect(passedOver(error)).toEqual(['b/m not-capable after 0'])
    expect(error.exclusions[0]?.detail).toBe('b/m cannot read the reasoning at messages[1].content[0]')
    expect(b.calls).toHaveLength(0)
    expect((await ask({ messages: question.messages }).catch(() => undefined))?.provider).toBe('b')
  })

  it('that is of one model is not given to another of the same provider', async () => {
    const a = scripted('a')
    const of = { ...signed, opaque: { issuer: 'a', model: 'old', data: 'signature' } }
    const messages: readonly Message[] = [
      { role: 'user', content: 'Why?' },
      { role: 'assistant', content: [of, { type: 'text', text: 'So.' }] },
      { role: 'user', content: 'More.' },
    ]
    const { ask } = createWorld({ providers: [a], routes: { chat: ['a/new'], old: ['a/old'] } })
    expect((await ask({ messages })).warnings).toHaveLength(1)
    expect((await ask({ messages, model: 'old' })).warnings).toEqual([])
    expect(requestOf(a, 1).messages).toEqual(messages)
  })
})

describe('ids of tool calls', () => {
  const toolCallIds = { characters: 'letters-and-digits', minLength: 9, maxLength: 9 } as const

  it('are as each target takes them, the same for calls and results', async () => {
    const [a, b] = [able('a', { toolCallIds }, true), scripted('b')]
    const { ask } = createWorld({ providers: [a, b], routes })
    const answer = await ask({ messages: called('call_1!', 'call_2!') })
    const ids = idsOf(requestOf(a))
    expect(ids).toHaveLength(4)
    expect(ids.every((id) => /^[a-zA-Z0-9]{9}$/.test(id))).toBe(true)
    expect([ids[0] === ids[1], ids[2] === ids[3], ids[0] === ids[2]]).toEqual([true, true, false])
    expect(idsOf(requestOf(b))).toEqual(['call_1!', 'call_1!', 'call_2!', 'call_2!'])
    expect(answer.warnings).toEqual([])
  })

  it('are the same in every attempt and every turn, so that a prompt cache holds', async () => {
    const a = createScriptedProvider({ id: 'a', capabilities: { toolCallIds }, replies: [fails('server'), {}] })
    const { ask } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    await ask({ messages: called('call_1!') })
    await ask({ messages: called('call_1!', 'call_2!') })
    const [first, again, next] = [0, 1, 2].map((call) => idsOf(requestOf(a, call)))
    expect(again).toEqual(first)
    expect(next?.slice(0, 2)).toEqual(first)
  })

  it('that fit are left as they are', async () => {
    const a = able('a', { toolCallIds })
    const { ask } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    const messages = called('abcdef123')
    await ask({ messages })
    expect(requestOf(a).messages).toBe(messages)
  })
})

describe('cache breakpoints', () => {
  const cacheBreakpoint = { ttl: '5m' } as const
  const messages: readonly Message[] = ['one', 'two', 'three'].map((text) => ({
    role: 'user',
    content: [{ type: 'text', text, cacheBreakpoint }],
  }))

  function marked({ messages: given }: ChatRequest): readonly string[] {
    return given.flatMap(({ content }) =>
      typeof content === 'string'
        ? []
        : content.flatMap((part) => (part.type === 'text' && part.cacheBreakpoint ? [part.text] : [])),
    )
  }

  it('are as many as each target takes, the last ones', async () => {
    const providers = [
      able('a', { cacheBreakpoints: 2 }, true),
      able('b', { promptCache: false }, true),
      able('c', { cacheBreakpoints: 4 }),
    ]
    const { ask } = createWorld({ providers, routes: { chat: ['a/m', 'b/m', 'c/m'] } })
    expect((await ask({ messages })).warnings).toEqual([])
    const [a, b, c] = providers.map((provider) => marked(requestOf(provider)))
    expect([a, b, c]).toEqual([['two', 'three'], [], ['one', 'two', 'three']])
  })
})

describe('a route within', () => {
  it('gets the history as it is, and adapts it for each of its own', async () => {
    const toolCallIds = { characters: 'letters-and-digits', maxLength: 9 } as const
    const [a, b] = [able('a', { promptCache: false, toolCallIds }, true), scripted('b')]
    const messages: readonly Message[] = [
      ...called('call_1!'),
      {
        role: 'assistant',
        content: [
          { ...signed, opaque: { issuer: 'b', data: 1 } },
          { type: 'text', text: 'Sunny.' },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'More.', cacheBreakpoint: {} }] },
    ]
    const { ask } = createWorld({
      providers: [a, b],
      routes: { chat: ['inner'], inner: { stages: [{ targets: ['a/m', 'b/m'] }], retry: { attempts: 0 } } },
    })
    const answer = await ask({ messages })
    expect(idsOf(requestOf(a))).not.toContain('call_1!')
    expect(JSON.stringify(requestOf(a).messages)).not.toMatch(/because|cacheBreakpoint/)
    expect(requestOf(b).messages).toEqual(messages)
    expect(answer.warnings).toEqual([])
  })

  it('has its warnings handed on', async () => {
    const { ask } = createWorld({
      providers: [scripted('a'), scripted('b')],
      routes: { chat: ['inner'], inner: ['b/m'] },
    })
    expect((await ask({ messages: thought })).warnings).toMatchObject([{ parameter: 'messages[1].content[0]' }])
  })

  it('is not ruled out for reasoning that one of its own can read', async () => {
    const { ask } = createWorld({
      providers: [scripted('a'), scripted('b')],
      routes: {
        chat: { stages: [{ targets: ['inner'] }], foreignReasoning: 'refuse' },
        inner: { stages: [{ targets: ['b/m', 'a/m'] }], foreignReasoning: 'refuse' },
      },
    })
    const answer = await ask({ messages: thought })
    expect(answer.provider).toBe('a')
    expect(answer.attempts[0]?.exclusions).toMatchObject([{ target: 'b/m', reason: 'not-capable' }])
  })
})

describe('the request of the caller', () => {
  it('is never changed', async () => {
    const toolCallIds = { characters: 'letters-and-digits', maxLength: 9 } as const
    const request = {
      messages: [...thought, ...called('call_1!')],
      tools: [{ name: 't', parameters: { type: 'object' }, cacheBreakpoint: {} }],
    }
    const before = structuredClone(request)
    const { ask } = createWorld({
      providers: [able('b', { promptCache: false, toolCallIds })],
      routes: { chat: ['b/m'] },
    })
    await ask(request)
    expect(request).toEqual(before)
  })
})
