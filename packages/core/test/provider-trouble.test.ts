import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { InvalidRequestError, ProviderError } from '../src/index.ts'
import type { ChatResponse, Provider, ProviderPlugin, RouteFailedError } from '../src/index.ts'
import { createWorld, fails, lines, scripted } from './world.ts'

const content = 'my grandmother lives at 7 Elm Street'
const key = 'sk-abcdefghijklmnopqrstuvwx'

/** Provider `a`, whose calls do what `act` does. */
function acting(act: () => unknown): Provider {
  return {
    ...scripted('a'),
    chat: () => act() as Promise<ChatResponse>,
    stream: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => act() as never }) }),
  }
}

function overTwo(act: () => unknown) {
  return createWorld({ providers: [acting(act), scripted('b')], routes: { chat: ['a/m', 'b/m'], alone: ['a/m'] } })
}

describe('a provider that throws what is no ProviderError', () => {
  it.each([
    [
      'throws at once',
      () => {
        throw new TypeError('x is not a function')
      },
      'TypeError',
    ],
    ['rejects', () => Promise.reject(new RangeError('out of range')), 'RangeError'],
    ['rejects with a text', () => Promise.reject('plain'), 'Error'],
    ['rejects with nothing', () => Promise.reject(), 'Error'],
  ] as const)('and %s has failed for an unknown reason; the next target is asked', async (_, act, name) => {
    const { ask, read, router } = overTwo(act)
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first failure unknown', '2 b/m next-target success'])
    expect(answer.attempts[0]?.message).toContain(name)
    expect((await read()).at(-1)).toMatchObject({ provider: 'b', attempts: [{ kind: 'unknown' }, {}] })
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 2 })
  })

  it('does not bring content or keys into the ledger, the message or the events', async () => {
    const { ask, errorOf, events } = overTwo(() =>
      Promise.reject(new SyntaxError(`Unexpected token in JSON: "${content}", authorization: Bearer ${key}`)),
    )
    const error = await errorOf<RouteFailedError>(ask({ model: 'alone' }))
    for (const told of [error.message, JSON.stringify(error.attempts), JSON.stringify(events), JSON.stringify(error)]) {
      expect(told).not.toContain('Elm Street')
      expect(told).not.toContain(key)
    }
    expect(error.attempts[0]?.message).toBe('a/m: it threw an unexpected SyntaxError.')
  })

  it('leaves where it threw to whoever looks for it, without its words', async () => {
    const { ask, errorOf } = overTwo(() => Promise.reject(new TypeError(`cannot read 'x', key ${key}`)))
    const error = await errorOf<RouteFailedError>(ask({ model: 'alone' }))
    expect(error.errors[0]?.cause).toMatchObject({
      name: 'TypeError',
      stack: expect.stringMatching(/^TypeError\n +at /),
    })
    expect(inspect(error, { depth: 9 })).not.toContain(key)
  })
})

describe('a provider that gives an answer which is none', () => {
  it.each([
    ['nothing', undefined, 'malformed'],
    ['a text', 'blue', 'malformed'],
    ['an empty object', {}, 'malformed'],
    ['no finish reason', { text: 'x', content: [{ type: 'text', text: 'x' }], warnings: [] }, 'malformed'],
    ['no content', { text: 'x', finishReason: { unified: 'stop', raw: 'stop' }, warnings: [] }, 'malformed'],
    [
      'no warnings',
      { text: 'x', content: [{ type: 'text', text: 'x' }], finishReason: { unified: 'stop', raw: '' } },
      'malformed',
    ],
    ['empty content', { text: '', content: [], finishReason: { unified: 'stop', raw: 'stop' }, warnings: [] }, 'empty'],
    [
      'an empty text',
      { text: '', content: [{ type: 'text', text: '' }], finishReason: { unified: 'other', raw: '' }, warnings: [] },
      'empty',
    ],
  ] as const)('%s has failed', async (_, answer, kind) => {
    const { ask, router } = createWorld({
      providers: [acting(() => Promise.resolve(answer)), scripted('b')],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], parameters: 'drop' } },
    })
    expect(lines(await ask())).toEqual([`1 a/m first failure ${kind}`, '2 b/m next-target success'])
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 1 })
  })

  it('but an empty answer that was cut for its length, or filtered, is one', async () => {
    for (const finish of ['length', 'content-filter', 'tool-calls'] as const) {
      const { ask } = createWorld({ providers: [scripted('a', { text: [], finish })], routes: { chat: ['a/m'] } })
      expect(await ask()).toMatchObject({ text: '', finishReason: { unified: finish }, provider: 'a' })
    }
  })
})

describe('a provider that refuses a request', () => {
  it('before it sends it, since its service has no words for it, is followed by the next target', async () => {
    const { ask, read, router } = overTwo(() =>
      Promise.reject(new InvalidRequestError('request.messages[0]', 'holds a file, which this service does not take')),
    )
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first failure invalid-request', '2 b/m next-target success'])
    expect(answer.attempts[0]?.message).toContain('request.messages[0] holds a file')
    expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
    expect(router.status()[0]).toMatchObject({ failures: 0, circuit: 'closed' })
  })

  it('with the words of its service ends the request: nobody else would take it', async () => {
    const error = new ProviderError('unknown role', { kind: 'invalid-request', provider: 'a', status: 400 })
    const { ask, errorOf } = overTwo(() => Promise.reject(error))
    const failed = await errorOf<RouteFailedError>(ask())
    expect(failed).toMatchObject({ reason: 'final', kind: 'invalid-request', errors: [error], cause: error })
    expect(failed.retryAfterMs).toBeUndefined()
  })

  it.each([400, 413, 422])('ends it whatever the status is (%s)', async (status) => {
    const b = scripted('b')
    const { ask, errorOf } = createWorld({
      providers: [scripted('a', fails('invalid-request', { status })), b],
      routes: { chat: ['a/m', 'b/m'] },
    })
    expect(await errorOf(ask())).toMatchObject({ reason: 'final' })
    expect(b.calls).toEqual([])
  })
})

describe('a prompt that is too long', () => {
  const withWindows = (windows: Record<string, number | undefined>) => {
    const sized = (id: string): Provider => {
      const provider = scripted(id, id === 'large' ? {} : fails('context-length', { status: 400 }))
      const able = provider.capabilities('m')
      const window = windows[id]
      return { ...provider, capabilities: () => (window === undefined ? able : { ...able, contextWindow: window }) }
    }
    const ids = Object.keys(windows)
    return createWorld({ providers: ids.map(sized), routes: { chat: ids.map((id) => `${id}/m`) } })
  }

  it('goes to a target with a larger window only', async () => {
    const { ask, router } = withWindows({ a: 8000, same: 8000, unknown: undefined, small: 4000, large: 128_000 })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first failure context-length', '2 large/m next-target success'])
    expect(answer.exclusions.map(({ target, reason }) => [target, reason])).toEqual([
      ['same/m', 'window-not-larger'],
      ['unknown/m', 'window-not-larger'],
      ['small/m', 'window-not-larger'],
    ])
    expect(router.status()[0]).toMatchObject({ failures: 0, circuit: 'closed' })
  })

  it('is told so when there is none', async () => {
    const { ask, errorOf } = withWindows({ a: 8000, same: 8000 })
    expect(await errorOf(ask())).toMatchObject({
      kind: 'context-length',
      reason: 'exhausted',
      exclusions: [{ target: 'same/m', reason: 'window-not-larger', detail: expect.stringContaining('8000 tokens') }],
    })
  })

  it('climbs: each refusal raises the size that is asked for', async () => {
    const { ask } = withWindows({ a: 8000, b: 32_000, c: 16_000, large: 128_000 })
    expect((await ask()).attempts.map(({ target }) => target)).toEqual(['a/m', 'b/m', 'large/m'])
  })
})

describe('a provider that cannot be made', () => {
  function failingToLoad(failures: number) {
    const a = scripted('a')
    let made = 0
    const plugin: ProviderPlugin = {
      specificationVersion: 1,
      manifest: { id: 'a', name: 'A', tier: 'production', credentials: [], capabilities: a.capabilities('m') },
      create: () => {
        made++
        if (made <= failures)
          throw Object.assign(new Error("Cannot find package 'the-sdk'"), { code: 'ERR_MODULE_NOT_FOUND' })
        return a
      },
    }
    return { a, made: () => made, plugin }
  }

  it('is a failed attempt that says why, and the next target is asked', async () => {
    const { plugin } = failingToLoad(1)
    const { ask, router } = createWorld({ providers: [plugin, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first failure unknown', '2 b/m next-target success'])
    expect(answer.attempts[0]?.message).toContain("Cannot find package 'the-sdk'")
    expect(router.status()[0]).toMatchObject({ inFlight: 0 })
  })

  it('is made again by the next request, for streams as well', async () => {
    const { plugin, made } = failingToLoad(2)
    const { ask, read } = createWorld({ providers: [plugin, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    expect((await ask()).provider).toBe('b')
    expect((await read()).at(-1)).toMatchObject({ provider: 'b' })
    expect((await read()).at(-1)).toMatchObject({ provider: 'a' })
    expect((await ask()).provider).toBe('a')
    expect(made()).toBe(3)
  })

  it('in time is no call: when it is there at last, nothing is sent for those who gave up', async () => {
    const a = scripted('a')
    let finish: (provider: Provider) => void = () => undefined
    const plugin: ProviderPlugin = {
      ...failingToLoad(0).plugin,
      create: () => new Promise<Provider>((resolve) => (finish = resolve)),
    }
    const { ask, clock } = createWorld({ providers: [plugin, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    expect(lines(await ask())).toEqual(['1 a/m first failure timeout', '2 b/m next-target success'])
    finish(a)
    await clock.advance(1000)
    expect(a.calls).toEqual([])
  })
})
