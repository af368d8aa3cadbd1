import { describe, expect, it } from 'vitest'
import type {
  ChatRequest,
  FailureKind,
  Provider,
  RouteFailedError,
  RoutedEmbeddings,
  RouterOptions,
} from '../src/index.ts'
import { ProviderError } from '../src/index.ts'
import type { EmbeddingsRequest, EmbeddingsResponse } from '../src/provider.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import { apiKey, plugin } from './plugin.ts'
import type { World } from './world.ts'
import { createWorld, lines, passedOver, scripted } from './world.ts'

interface Embedder extends Provider {
  readonly asked: EmbeddingsRequest[]
}

type Answer = Partial<EmbeddingsResponse> | FailureKind | 'forever'

/** A provider that makes embeddings: the first number of each is how long its input was. */
function embedder(id: string, answer: Answer | ((asked: number) => Answer) = {}): Embedder {
  const asked: EmbeddingsRequest[] = []
  return {
    ...createScriptedProvider({ id, capabilities: { contextWindow: 100 } }),
    asked,
    embeddings: {
      embed(request, { signal } = {}) {
        asked.push(request)
        const given = typeof answer === 'function' ? answer(asked.length) : answer
        if (given === 'forever') {
          return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
        }
        if (typeof given === 'string') {
          return Promise.reject(new ProviderError('no', { kind: given, provider: id, model: request.model }))
        }
        const embeddings = request.inputs.map((input) => [input.length, 0])
        return Promise.resolve({ embeddings, model: request.model, provider: id, ...given })
      },
    },
  }
}

const wanted = { model: 'chat', inputs: ['a', 'text'] }

function createEmbedding(options: Omit<RouterOptions, 'clock'>): World & {
  readonly embed: (request?: Partial<EmbeddingsRequest>) => Promise<RoutedEmbeddings>
} {
  const world = createWorld(options)
  return { ...world, embed: (request) => world.clock.run(world.router.embed({ ...wanted, ...request })) }
}

describe('router.embed()', () => {
  it('answers with a vector for each input and the ledger', async () => {
    const a = embedder('a', { requestId: 'r1' })
    const { embed, events } = createEmbedding({ providers: [a], routes: { chat: ['a/m'] } })
    const answer = await embed({ dimensions: 2 })
    expect(answer).toMatchObject({
      embeddings: [
        [1, 0],
        [4, 0],
      ],
      provider: 'a',
      model: 'm',
      route: 'chat',
      exclusions: [],
    })
    expect(lines(answer)).toEqual(['1 a/m first success'])
    expect(answer.attempts[0]?.requestId).toBe('r1')
    expect(a.asked).toEqual([{ model: 'm', inputs: ['a', 'text'], dimensions: 2 }])
    expect(events.map(({ type }) => type)).toEqual([
      'request-started',
      'attempt-started',
      'attempt-succeeded',
      'request-succeeded',
    ])
  })

  it('moves on to the next target, and tries again, as any request', async () => {
    const providers = [embedder('a', 'rate-limit'), embedder('b', (asked) => (asked === 1 ? 'server' : {}))]
    const { embed } = createEmbedding({ providers, routes: { chat: ['a/m', 'b/m'] } })
    expect(lines(await embed())).toEqual([
      '1 a/m first failure rate-limit',
      '2 b/m next-target failure server',
      '3 b/m retry success',
    ])
    expect(passedOver(await embed())).toEqual(['a/m paused after 0'])
  })

  it('fails with the whole ledger when nobody answers', async () => {
    const providers = [embedder('a', 'authentication'), embedder('b', 'authentication')]
    const { embed, errorOf } = createEmbedding({ providers, routes: { chat: ['a/m', 'b/m'] } })
    const error = await errorOf<RouteFailedError>(embed())
    expect(error).toMatchObject({ kind: 'authentication', route: 'chat' })
    expect(error.attempts).toHaveLength(2)
  })

  const malformed: readonly (readonly [string, unknown])[] = [
    ['too few', [[1]]],
    ['too many', [[1], [2], [3]]],
    ['no list', 'vectors'],
    ['no vectors', [1, 2]],
  ]

  it.each(malformed)('takes %s for no answer', async (_, embeddings) => {
    const providers = [embedder('a', { embeddings: embeddings as EmbeddingsResponse['embeddings'] }), embedder('b')]
    const { embed } = createEmbedding({ providers, routes: { chat: ['a/m', 'b/m'] } })
    expect(lines(await embed())).toEqual(['1 a/m first failure malformed', '2 b/m next-target success'])
  })

  it('does not call a provider that makes none', async () => {
    const { embed, errorOf } = createEmbedding({
      providers: [scripted('a'), embedder('b')],
      routes: { chat: ['a/m', 'b/m'], only: ['a/m'] },
    })
    const answer = await embed()
    expect(passedOver(answer)).toEqual(['a/m not-capable after 0'])
    expect(answer.exclusions[0]?.detail).toBe('a/m makes no embeddings')
    expect(answer.provider).toBe('b')
    expect(await errorOf(embed({ model: 'only' }))).toMatchObject({ attempts: [] })
  })

  it('moves on from a provider that shows to make none once it is loaded', async () => {
    const lazy = plugin({ id: 'a' })
    const { embed, router } = createEmbedding({
      providers: [lazy, embedder('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    expect(lines(await embed())).toEqual(['1 a/m first failure invalid-request', '2 b/m next-target success'])
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', failures: 0 })
  })

  it('goes through a router within the router', async () => {
    const inner = createWorld({
      id: 'inner',
      providers: [embedder('a', 'server'), embedder('b')],
      routes: { fast: ['a/m', 'b/m'] },
    }).router
    const { embed } = createEmbedding({ providers: [inner], routes: { chat: ['inner/fast'] } })
    const answer = await embed()
    expect(answer).toMatchObject({ provider: 'b', embeddings: [[1, 0], expect.anything()] })
    expect(answer.attempts).toMatchObject([
      { target: 'inner/fast', outcome: 'success', attempts: [{ target: 'a/m' }, { target: 'b/m' }] },
    ])
  })

  it('goes through a route within the route', async () => {
    const { embed } = createEmbedding({
      providers: [embedder('a', 'server'), embedder('b')],
      routes: { chat: ['inner'], inner: ['a/m', 'b/m'] },
    })
    expect((await embed()).attempts).toMatchObject([
      { target: 'router/inner', attempts: [{ target: 'a/m' }, { target: 'b/m' }] },
    ])
  })

  it('calls a target that is named itself', async () => {
    const { embed } = createEmbedding({ providers: [embedder('a')], routes: { chat: ['a/m'] } })
    expect(await embed({ model: 'a/other' })).toMatchObject({ model: 'other', route: 'a/other' })
  })

  it('asks no middleware', async () => {
    const fail = (): never => {
      throw new Error('asked')
    }
    const { embed } = createEmbedding({
      providers: [embedder('a')],
      routes: { chat: ['a/m'] },
      middleware: [{ name: 'wall', chat: fail, stream: fail }],
    })
    expect((await embed()).provider).toBe('a')
  })

  it('is not held back by a context window, which is for each input alone', async () => {
    const inputs = Array.from({ length: 100 }, () => 'a text of a few words')
    const { embed } = createEmbedding({
      providers: [embedder('a'), embedder('b')],
      routes: { chat: ['a/m'], any: { stages: [{ targets: ['a/m'] }], vectorSpaces: 'any' } },
    })
    expect((await embed({ inputs })).embeddings).toHaveLength(100)
    expect((await embed({ inputs, model: 'any' })).embeddings).toHaveLength(100)
  })
})

describe('embeddings that cannot be compared', () => {
  const targets = ['a/large', 'b/small', 'c/vendor/large', { model: 'd/big', vectorSpace: 'large' }]
  const broken = [embedder('a', 'server'), embedder('b'), embedder('c', 'server'), embedder('d')]

  it('are never mixed: others than those of the first target are passed over', async () => {
    const { embed } = createEmbedding({ providers: broken, routes: { chat: { stages: [{ targets }] } } })
    const answer = await embed()
    expect(answer.attempts.map(({ target }) => target)).toEqual(['a/large', 'c/vendor/large', 'd/big'])
    expect(passedOver(answer)).toEqual(['b/small vector-space after 0'])
    expect(answer.exclusions[0]?.detail).toBe('its vectors, of small, cannot be compared with those of large')
  })

  it('are never mixed by short requests on plain routes either', async () => {
    const providers = [embedder('a', 'authentication'), embedder('b')]
    const { embed, errorOf } = createEmbedding({ providers, routes: { chat: ['a/large', 'b/small'] } })
    const error = await errorOf<RouteFailedError>(embed({ inputs: ['x'] }))
    expect(passedOver(error)).toEqual(['b/small vector-space after 0'])
  })

  it('are never mixed over stages', async () => {
    const providers = [embedder('a', 'authentication'), embedder('b')]
    const stages = [{ targets: ['a/large'] }, { targets: ['b/small'] }]
    const { embed, errorOf } = createEmbedding({ providers, routes: { chat: { stages } } })
    expect(passedOver(await errorOf<RouteFailedError>(embed()))).toEqual(['b/small vector-space after 1'])
  })

  it('are never mixed because the first target cannot be used in this process', async () => {
    const absent = plugin({ id: 'a', credentials: [apiKey] })
    const routes = { chat: ['a/large', 'b/small', 'c/large'] }
    const { embed } = createEmbedding({ providers: [absent, embedder('b'), embedder('c')], routes })
    const answer = await embed()
    expect(answer.provider).toBe('c')
    expect(passedOver(answer)).toEqual(['a/large unavailable after 0', 'b/small vector-space after 0'])
  })

  it('may be mixed where the route says so', async () => {
    const { embed } = createEmbedding({
      providers: [embedder('a', 'authentication'), embedder('b')],
      routes: { chat: { stages: [{ targets: ['a/large', 'b/small'] }], vectorSpaces: 'any' } },
    })
    expect((await embed()).provider).toBe('b')
  })

  it('can be of one space by configuration, the first included', async () => {
    const { embed } = createEmbedding({
      providers: [embedder('a', 'authentication'), embedder('b'), embedder('c')],
      routes: {
        chat: [
          { model: 'a/deployment-1', vectorSpace: 'ada' },
          { model: 'b/small', vectorSpace: 'other' },
          { model: 'c/deployment-2', vectorSpace: 'ada' },
        ],
      },
    })
    expect((await embed()).provider).toBe('c')
  })
})

describe('embeddings are called within bounds', () => {
  it('of the caller, who leaves', async () => {
    const { router, clock, errorOf } = createEmbedding({
      providers: [embedder('a', 'forever')],
      routes: { chat: ['a/m'] },
    })
    const controller = new AbortController()
    const answer = errorOf(router.embed(wanted, { signal: controller.signal }))
    await clock.advance(10)
    expect(router.status()[0]?.inFlight).toBe(1)
    controller.abort(new Error('left'))
    expect((await answer).message).toBe('left')
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 0 })
    expect(clock.pending).toBe(0)
  })

  it('of a caller who has left before', async () => {
    const a = embedder('a')
    const { router, errorOf } = createEmbedding({ providers: [a], routes: { chat: ['a/m'] } })
    const error = await errorOf(router.embed(wanted, { signal: AbortSignal.abort(new Error('left')) }))
    expect(error.message).toBe('left')
    expect(a.asked).toEqual([])
  })

  it('of the clocks of the route', async () => {
    const { embed } = createEmbedding({
      providers: [embedder('a', 'forever'), embedder('b')],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], attemptMs: 500, retry: { attempts: 0 } } },
    })
    const answer = await embed()
    expect(lines(answer)).toEqual(['1 a/m first failure timeout', '2 b/m next-target success'])
    expect(answer.latencyMs).toBe(500)
  })

  it('of the router, which is disposed of', async () => {
    const { router, clock, errorOf } = createEmbedding({
      providers: [embedder('a', 'forever')],
      routes: { chat: ['a/m'] },
    })
    const answer = errorOf(router.embed(wanted))
    await clock.advance(10)
    router.dispose()
    expect(await answer).toMatchObject({ code: 'disposed' })
    expect(await errorOf(router.embed(wanted))).toMatchObject({ code: 'disposed' })
  })

  it('of limits, which count what was used, and no answer', async () => {
    const usage = { uncachedInputTokens: 50, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 0 }
    const { embed, router } = createEmbedding({
      providers: [embedder('a', { usage: { ...usage, reasoningTokens: 0 } }), embedder('b')],
      routes: { chat: [{ model: 'a/m', rpm: 2, outputTpm: 10 }, 'b/m'] },
    })
    expect([(await embed()).provider, (await embed()).provider, (await embed()).provider]).toEqual(['a', 'a', 'b'])
    expect(router.status()[0]?.limits).toMatchObject([{ used: 2 }, { counts: 'output-tokens', used: 0 }])
  })

  it('and cost what they cost', async () => {
    const usage = { uncachedInputTokens: 500_000, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 0 }
    const { embed } = createEmbedding({
      providers: [embedder('a', { usage: { ...usage, reasoningTokens: 0 } })],
      routes: { chat: ['a/m'] },
      prices: { priceOf: () => ({ inputPerMillion: 0.02, outputPerMillion: 0 }) },
    })
    expect(await embed()).toMatchObject({ costUsd: 0.01, attempts: [{ costUsd: 0.01 }] })
  })
})

describe('a request for embeddings that is none', () => {
  const bad: readonly (readonly [string, unknown, string])[] = [
    ['no object', undefined, 'request'],
    ['no model', { inputs: ['a'] }, 'request.model'],
    ['no inputs', { model: 'chat' }, 'request.inputs'],
    ['empty inputs', { model: 'chat', inputs: [] }, 'request.inputs'],
    ['an empty input', { model: 'chat', inputs: ['a', ''] }, 'request.inputs[1]'],
    ['an input that is no text', { model: 'chat', inputs: [5] }, 'request.inputs[0]'],
    ['half a dimension', { ...wanted, dimensions: 1.5 }, 'request.dimensions'],
    ['an unknown field', { ...wanted, input: 'a' }, 'request.input'],
  ]

  it.each(bad)('with %s is refused, with the path', async (_, request, path) => {
    const a = embedder('a')
    const { router, errorOf } = createEmbedding({ providers: [a], routes: { chat: ['a/m'] } })
    const error = await errorOf(router.embed(request as EmbeddingsRequest))
    expect(error).toMatchObject({ code: 'invalid-request', path })
    expect(a.asked).toEqual([])
  })

  it('with a model that is not known is refused, with the nearest', async () => {
    const { router, errorOf } = createEmbedding({ providers: [embedder('a')], routes: { chat: ['a/m'] } })
    const error = await errorOf(router.embed({ ...wanted, model: 'chatt' }))
    expect(error).toMatchObject({ code: 'unknown-model' })
    expect(error.message).toContain("'chat'")
  })

  it('with options that are none is refused', async () => {
    const { router, errorOf } = createEmbedding({ providers: [embedder('a')], routes: { chat: ['a/m'] } })
    const options = { signal: 5 } as unknown as { signal: AbortSignal }
    expect(await errorOf(router.embed(wanted, options))).toMatchObject({ path: 'options.signal' })
  })

  it('leaves chats alone', async () => {
    const { ask } = createEmbedding({ providers: [embedder('a')], routes: { chat: ['a/m'] } })
    const request: Partial<ChatRequest> = { temperature: 1 }
    expect((await ask(request)).text).toBe('ok')
  })
})

describe('vector spaces and routes within', () => {
  const down: Answer = 'server'

  it('are those of the outer route: a route within does not mix another in', async () => {
    const [a, b] = [embedder('a', down), embedder('b')]
    const { embed, errorOf } = createEmbedding({
      providers: [a, b],
      routes: { chat: { stages: [{ targets: ['a/large', 'inner'] }], retry: { attempts: 0 } }, inner: ['b/small'] },
    })
    const error = await errorOf<RouteFailedError>(embed())
    expect(lines(error)).toEqual(['1 a/large first failure server', '2 router/inner next-target failure router'])
    expect(error.attempts[1]?.exclusions?.map(({ reason }) => reason)).toEqual(['vector-space'])
    expect(b.asked).toEqual([])
  })

  it('let the targets of a route within serve that are of the outer one, and no others', async () => {
    const { embed } = createEmbedding({
      providers: [embedder('a', down), embedder('b')],
      routes: {
        chat: { stages: [{ targets: ['a/large', 'inner'] }], retry: { attempts: 0 } },
        inner: { stages: [{ targets: ['b/small', 'b/large'] }], vectorSpaces: 'any' },
      },
    })
    expect(await embed()).toMatchObject({ provider: 'b', model: 'large' })
  })

  it('are those of its first target where a route within comes first', async () => {
    const [a, b] = [embedder('a'), embedder('b', down)]
    const { embed } = createEmbedding({
      providers: [a, b],
      routes: { chat: ['outer', 'a/small', 'a/large'], outer: ['inner'], inner: ['b/large'] },
    })
    const answer = await embed()
    expect(answer).toMatchObject({ provider: 'a', model: 'large' })
    expect(passedOver(answer)).toEqual(['a/small vector-space after 0'])
  })

  it('hold over two layers, and for a route that is named as a model of the space is', async () => {
    const b = embedder('b')
    const { embed, errorOf } = createEmbedding({
      providers: [embedder('a', down), b],
      routes: {
        chat: { stages: [{ targets: ['a/large', 'large'] }], retry: { attempts: 0 } },
        large: ['inner'],
        inner: ['b/small'],
      },
    })
    expect(await errorOf(embed())).toMatchObject({ code: 'all-attempts-failed' })
    expect(b.asked).toEqual([])
  })

  it('are not asked about where the target says that the vectors of its route can be compared', async () => {
    const { embed } = createEmbedding({
      providers: [embedder('a', down), embedder('b')],
      routes: { chat: ['a/large', { model: 'inner', vectorSpace: 'large' }], inner: ['b/deployment-1'] },
    })
    expect((await embed()).provider).toBe('b')
  })

  it('hold for a router within a router as well', async () => {
    const b = embedder('b')
    const { router: inner } = createWorld({ id: 'inner', providers: [b], routes: { fast: ['b/small'] } })
    const { embed, errorOf } = createEmbedding({
      providers: [embedder('a', down), inner],
      routes: { chat: { stages: [{ targets: ['a/large', 'inner/fast'] }], retry: { attempts: 0 } } },
    })
    expect(await errorOf(embed())).toMatchObject({ code: 'all-attempts-failed' })
    expect(b.asked).toEqual([])
  })
})
