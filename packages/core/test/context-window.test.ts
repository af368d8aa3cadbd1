import { describe, expect, it } from 'vitest'
import type { ChatRequest, RouteFailedError, RouteOptions, StreamInterruptedError, TargetConfig } from '../src/index.ts'
import type { ScriptedProvider } from '../src/testing/index.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import { estimateTokens } from '../src/tokens/estimate-tokens.ts'
import type { Replies, World } from './world.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

/** A provider whose models have a window of so many tokens; undefined for one that does not say. */
function windowed(id: string, contextWindow: number | undefined, replies: Replies = {}): ScriptedProvider {
  const capabilities = contextWindow === undefined ? {} : { contextWindow }
  return createScriptedProvider({ id, capabilities, replies })
}

function over(
  providers: readonly ScriptedProvider[],
  route: Partial<RouteOptions> = {},
): World & { readonly calls: () => readonly number[] } {
  const targets: TargetConfig[] = providers.map(({ id }) => `${id}/m`)
  const world = createWorld({ providers, routes: { chat: { stages: [{ targets }], ...route } } })
  return { ...world, calls: () => providers.map(({ calls }) => calls.length) }
}

/** A question of some 4000 words, and the tokens that it is taken for. */
const long: Partial<ChatRequest> = { messages: [{ role: 'user', content: 'why the sky '.repeat(4000) }] }
const longTokens = estimateTokens({ ...question, ...long })

const tooLong = fails('context-length', { status: 400 })

describe('a prompt that is too long for a window', () => {
  it('is sent to a larger one, and not first to the smaller', async () => {
    const { ask, calls } = over([windowed('a', 1000), windowed('b', 200_000)])
    const answer = await ask(long)
    expect(lines(answer)).toEqual(['1 b/m first success'])
    expect(answer.exclusions).toEqual([
      {
        target: 'a/m',
        stage: 'stage-1',
        reason: 'window-too-small',
        detail: `its context window of 1000 tokens is too small for about ${longTokens} tokens and some for the answer`,
        afterAttempt: 0,
      },
    ])
    expect(calls()).toEqual([0, 1])
  })

  it.each([
    [longTokens, undefined, 'a'],
    [longTokens - 1, undefined, 'b'],
    [longTokens + 500, 500, 'a'],
    [longTokens + 500, 501, 'b'],
  ])('fits with its answer or does not: a window of %i, an answer of %s: %s serves', async (window, maxTokens, id) => {
    const { ask } = over([windowed('a', window), windowed('b', undefined)])
    expect((await ask({ ...long, ...(maxTokens === undefined ? {} : { maxTokens }) })).provider).toBe(id)
  })

  it('fits where the target sets the length of the answer itself', async () => {
    const providers = [windowed('a', longTokens + 100), windowed('b', undefined)]
    const serve = async (maxTokens: number | null): Promise<string> => {
      const targets: TargetConfig[] = [{ model: 'a/m', parameters: { maxTokens } }, 'b/m']
      const { ask } = createWorld({ providers, routes: { chat: targets } })
      return (await ask({ ...long, maxTokens: 5000 })).provider
    }
    expect([await serve(100), await serve(101), await serve(null)]).toEqual(['a', 'b', 'a'])
  })

  it('is sent to nobody where all are too small: the error says so, and gives no time to come back', async () => {
    const { ask, errorOf, calls } = over([windowed('a', 1000), windowed('b', 2000)])
    const error = await errorOf<RouteFailedError>(ask(long))
    expect(error).toMatchObject({ reason: 'exhausted', kind: 'context-length', attempts: [] })
    expect(error).not.toHaveProperty('retryAfterMs')
    expect(passedOver(error)).toEqual(['a/m window-too-small after 0', 'b/m window-too-small after 0'])
    expect(calls()).toEqual([0, 0])
  })

  it('is sent to one that does not say how large it is', async () => {
    const { ask } = over([windowed('a', 1000), windowed('b', undefined)])
    expect((await ask(long)).provider).toBe('b')
  })

  it('is streamed from a larger one as well', async () => {
    const { read } = over([windowed('a', 1000), windowed('b', 200_000)])
    expect((await read(long)).at(-1)).toMatchObject({ provider: 'b', exclusions: [{ reason: 'window-too-small' }] })
  })

  it('is not made longer than it is by a picture', async () => {
    const data = 'A'.repeat(400_000)
    const messages = [
      { role: 'user' as const, content: [{ type: 'image' as const, image: { data, mediaType: 'image/png' } }] },
    ]
    const { ask } = over([windowed('a', 8000), windowed('b', undefined)])
    expect((await ask({ messages })).provider).toBe('a')
  })
})

describe('a target that finds the prompt too long', () => {
  it('is followed by those with larger windows only', async () => {
    const { ask, calls } = over([
      windowed('a', 4000, tooLong),
      windowed('b', 4000),
      windowed('c', undefined),
      windowed('d', 3000),
      windowed('e', 4001),
    ])
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first failure context-length', '2 e/m next-target success'])
    expect(passedOver(answer)).toEqual([
      'b/m window-not-larger after 1',
      'c/m window-not-larger after 1',
      'd/m window-not-larger after 1',
    ])
    expect(answer.exclusions.map(({ detail }) => detail)).toEqual([
      'its context window, of 4000 tokens, is not larger than the one that was too small',
      'its context window, of unknown size, is not larger than the one that was too small',
      'its context window, of 3000 tokens, is not larger than the one that was too small',
    ])
    expect(calls()).toEqual([1, 0, 0, 0, 1])
  })

  it('sets the bar for all that follow, the largest of them the highest', async () => {
    const { ask } = over([
      windowed('a', 4000, tooLong),
      windowed('b', 8000, tooLong),
      windowed('c', 6000),
      windowed('d', 9000),
    ])
    expect(lines(await ask())).toEqual([
      '1 a/m first failure context-length',
      '2 b/m next-target failure context-length',
      '3 d/m next-target success',
    ])
  })

  it('keeps the bar through failures of other kinds, into the next stages, and for retries', async () => {
    const { ask, calls } = over(
      [windowed('a', 8000, [fails('server'), tooLong]), windowed('b', 4000), windowed('c', 9000)],
      { stages: [{ targets: ['a/m'] }, { targets: ['b/m'] }, { targets: ['c/m'] }] },
    )
    expect(lines(await ask())).toEqual([
      '1 a/m first failure server',
      '2 a/m retry failure context-length',
      '3 c/m next-stage success',
    ])
    expect(calls()).toEqual([2, 0, 1])
  })

  it('that does not say how large it is leaves the estimate to go by: whose window is larger than that is called', async () => {
    const known = over([windowed('a', undefined, tooLong), windowed('b', 1_000_000)])
    expect((await known.ask()).provider).toBe('b')
    const unknown = over([windowed('a', undefined, tooLong), windowed('b', undefined)])
    const error = await unknown.errorOf<RouteFailedError>(unknown.ask())
    expect(error).toMatchObject({ reason: 'exhausted', kind: 'context-length' })
    expect(unknown.calls()).toEqual([1, 0])
  })

  it('is neither ill nor left alone, and serves the next request', async () => {
    const { ask, router } = over([windowed('a', 4000, [tooLong, {}]), windowed('b', 8000)])
    await ask()
    expect(router.status()[0]).toMatchObject({ failures: 0, circuit: 'closed', status: 'healthy' })
    expect(router.status()[0]).not.toHaveProperty('readyInMs')
    expect((await ask()).provider).toBe('a')
  })

  it('is told of rather than what others failed of, without a time to come back', async () => {
    const { ask, errorOf } = over([windowed('a', 8000, tooLong), windowed('b', 9000, fails('rate-limit'))], {
      maxWaitMs: 0,
    })
    const error = await errorOf<RouteFailedError>(ask())
    expect(error.kind).toBe('context-length')
    expect(error).not.toHaveProperty('retryAfterMs')
  })

  it('makes nobody wait for a target that is paused and no larger', async () => {
    const world = over([
      windowed('a', 4000, [fails('rate-limit', { retryAfterMs: 5000 }), {}]),
      windowed('b', 8000, tooLong),
    ])
    expect(await world.errorOf(world.ask())).toMatchObject({ kind: 'context-length', reason: 'exhausted' })
    expect(world.clock.now()).toBe(0)
    expect(world.clock.pending).toBe(0)
  })

  it('makes a request wait for a larger one that is paused', async () => {
    const world = over([
      windowed('a', 9000, [fails('rate-limit', { retryAfterMs: 5000 }), {}]),
      windowed('b', 8000, tooLong),
    ])
    expect(lines(await world.ask()).at(-1)).toBe('3 a/m waited success')
  })

  it('does so of streams: before content unseen, after it with what was delivered', async () => {
    const before = over([windowed('a', 4000, tooLong), windowed('b', 4000), windowed('c', 8000)])
    expect((await before.read()).at(-1)).toMatchObject({ provider: 'c' })
    const half = { text: ['half'], ...tooLong }
    const after = over([windowed('a', 4000, half), windowed('b', 4000), windowed('c', 8000)], {
      afterCommit: 'restart',
    })
    expect((await after.read()).map(({ type }) => type)).toEqual(['text-delta', 'reset', 'text-delta', 'finish'])
    expect(after.calls()).toEqual([1, 0, 1])
    const none = over([windowed('a', 4000, half), windowed('b', 4000)], { afterCommit: 'continue' })
    const error = await none.errorOf<StreamInterruptedError>(none.read())
    expect(error).toMatchObject({ kind: 'context-length', delivered: { text: 'half' } })
  })

  it('may be left for any other where the route says so', async () => {
    const { ask } = over([windowed('a', 4000, tooLong), windowed('b', 2000)], {
      failures: { 'context-length': { nextTarget: 'yes' } },
    })
    expect((await ask()).provider).toBe('b')
  })

  it('may be a route: its largest window is the bar', async () => {
    const providers = [
      windowed('a', 4000, tooLong),
      windowed('b', 6000, tooLong),
      windowed('c', 5000),
      windowed('d', 7000),
    ]
    const { ask } = createWorld({
      providers,
      routes: { inner: ['a/m', 'b/m'], chat: ['inner', 'c/m', 'd/m'] },
    })
    const answer = await ask()
    expect(answer.provider).toBe('d')
    expect(passedOver(answer)).toEqual(['c/m window-not-larger after 1'])
  })

  it('may be followed by a route, whose own targets are held to the same bar or fail by themselves', async () => {
    const providers = [windowed('a', 4000, tooLong), windowed('b', 2000, tooLong), windowed('c', 9000)]
    const { ask } = createWorld({ providers, routes: { inner: ['b/m', 'c/m'], chat: ['a/m', 'inner'] } })
    expect((await ask()).provider).toBe('c')
  })

  it('is the last of a caller who names it: one call, one error', async () => {
    const a = scripted('a', tooLong)
    const { ask, errorOf } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    expect(await errorOf(ask({ model: 'a/other' }))).toMatchObject({ kind: 'context-length' })
    expect(a.calls).toHaveLength(1)
  })

  it('bars the smaller windows of a route that follows, also over two layers', async () => {
    const b = windowed('b', 5000)
    const providers = [windowed('a', 6000, tooLong), b, windowed('c', 9000)]
    const { ask } = createWorld({
      providers,
      routes: { inner: ['b/m', 'c/m'], middle: ['inner'], chat: ['a/m', 'middle'] },
    })
    expect((await ask()).provider).toBe('c')
    expect(b.calls).toEqual([])
  })
})

describe('a short prompt of nothing but text', () => {
  // No longer than what fits any common model.
  const short: Partial<ChatRequest> = { messages: [{ role: 'user', content: 'why the sky '.repeat(160) }] }

  it.each([undefined, 'a', 'b'])(
    'is not sent to a window that is too small for it, nor by the route %s',
    async (alone) => {
      const [a, b] = [windowed('a', 256), windowed('b', 1024)]
      const { ask, errorOf } = createWorld({ providers: [a, b], routes: { chat: ['a/m', 'b/m'] } })
      if (alone === 'a') {
        expect(await errorOf(ask({ ...short, model: 'a/m' }))).toMatchObject({ kind: 'context-length' })
      } else {
        const answer = await ask(alone === undefined ? short : { ...short, model: `${alone}/m` })
        expect(answer.provider).toBe('b')
        expect(passedOver(answer)).toEqual(alone === undefined ? ['a/m window-too-small after 0'] : [])
      }
      expect(a.calls).toEqual([])
    },
  )

  it('is sent there while it fits', async () => {
    const { ask } = over([windowed('a', 256), windowed('b', 1024)])
    expect((await ask()).provider).toBe('a')
  })

  it('is held to a window that a provider learns of on its way', async () => {
    let contextWindow = 8192
    const a = createScriptedProvider({ id: 'a', capabilities: () => ({ contextWindow }) })
    const { ask, clock } = over([a, windowed('b', 8192)])
    expect((await ask(short)).provider).toBe('a')
    contextWindow = 256
    await clock.advance(1000)
    expect((await ask(short)).provider).toBe('b')
  })
})
