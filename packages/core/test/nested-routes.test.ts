import { describe, expect, it } from 'vitest'
import type { Provider, RouteFailedError, StreamInterruptedError } from '../src/index.ts'
import { createWorld, fails, lines, scripted } from './world.ts'

const routes = {
  chat: { stages: [{ targets: ['inner'] }, { targets: ['c/m'] }] },
  inner: { stages: [{ targets: ['a/m', 'b/m'] }], retry: { attempts: 0 } },
}

describe('a route as a target', () => {
  it('answers with its own ledger inside the outer one', async () => {
    const { ask } = createWorld({ providers: [scripted('a', fails('server')), scripted('b'), scripted('c')], routes })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 router/inner first success'])
    expect(lines({ attempts: answer.attempts[0]?.attempts ?? [] })).toEqual([
      '1 a/m first failure server',
      '2 b/m next-target success',
    ])
    expect(answer).toMatchObject({ provider: 'b', route: 'chat' })
  })

  it('streams as it answers', async () => {
    const { read } = createWorld({ providers: [scripted('a', fails('server')), scripted('b'), scripted('c')], routes })
    const events = await read()
    expect(events.map(({ type }) => type)).toEqual(['text-delta', 'finish'])
    expect(events.at(-1)).toMatchObject({
      provider: 'b',
      route: 'chat',
      attempts: [{ target: 'router/inner', outcome: 'success', attempts: [{ target: 'a/m' }, { target: 'b/m' }] }],
    })
  })

  it('that fails is followed by the next target, and its whole ledger is kept', async () => {
    const providers = [scripted('a', fails('server')), scripted('b', fails('network')), scripted('c')]
    const { ask } = createWorld({ providers, routes })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 router/inner first failure router', '2 c/m next-stage success'])
    expect(lines({ attempts: answer.attempts[0]?.attempts ?? [] })).toEqual([
      '1 a/m first failure server',
      '2 b/m next-target failure network',
    ])
  })

  it('that fails counts against nothing, however often, and is asked every time', async () => {
    const providers = [scripted('a', fails('server')), scripted('b', fails('server')), scripted('c')]
    const { ask, router } = createWorld({ providers, routes })
    for (let request = 1; request <= 20; request++) {
      expect((await ask()).attempts.map(({ target }) => target)).toEqual(['router/inner', 'c/m'])
    }
    const inner = router.status().find(({ target }) => target === 'router/inner')
    expect(inner).toMatchObject({ circuit: 'closed', status: 'healthy', failures: 0 })
    expect(inner).not.toHaveProperty('readyInMs')
  })

  it('hands its Retry-After on', async () => {
    const providers = ['a', 'b', 'c'].map((id, index) =>
      scripted(id, fails('rate-limit', { retryAfterMs: 100_000 * (index + 1) })),
    )
    const { ask, errorOf } = createWorld({ providers, routes })
    const error = await errorOf<RouteFailedError>(ask())
    expect(error).toMatchObject({ code: 'all-attempts-failed', retryAfterMs: 100_000 })
  })

  it('tells with the most useful kind of its own failures what to do', async () => {
    const providers = [scripted('a', fails('network')), scripted('b', fails('authentication')), scripted('c')]
    const { ask, errorOf } = createWorld({
      providers,
      routes: { chat: ['inner'], inner: routes.inner },
    })
    const error = await errorOf<RouteFailedError>(ask())
    expect(error.kind).toBe('authentication')
    expect(error.message).toContain("Route 'chat' failed (authentication)")
  })

  it('watches over its own calls: the outer route leaves it the time there is', async () => {
    const providers = [scripted('a', { end: 'stall' }), scripted('b'), scripted('c')]
    const { ask, clock } = createWorld({
      providers,
      routes: { ...routes, chat: { ...routes.chat, attemptMs: 100, retry: { attempts: 0 } } },
    })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 router/inner first success'])
    expect(answer.attempts[0]?.attempts?.map(({ target }) => target)).toEqual(['a/m', 'b/m'])
    expect(clock.now()).toBe(30_000)
  })

  it('is ended by the caller', async () => {
    const a = scripted('a', { end: 'stall' })
    const { ask, clock, errorOf, router } = createWorld({ providers: [a, scripted('b'), scripted('c')], routes })
    const leaving = new AbortController()
    clock.schedule(10, () => leaving.abort('bye'))
    expect(await errorOf(ask({}, { signal: leaving.signal }))).toBe('bye')
    expect(a.calls[0]?.aborted).toBe(true)
    expect(router.status().map(({ inFlight }) => inFlight)).toEqual([0, 0, 0, 0])
  })

  it('whose stream breaks after content tells what was delivered, and how', async () => {
    const providers = [scripted('a', { text: ['half'], ...fails('network') }), scripted('b'), scripted('c')]
    const { read, errorOf } = createWorld({ providers, routes })
    const error = await errorOf<StreamInterruptedError>(read())
    expect(error).toMatchObject({ code: 'stream-interrupted', kind: 'network', delivered: { text: 'half' } })
    expect(error.attempts).toMatchObject([{ target: 'router/inner', attempts: [{ target: 'a/m', kind: 'network' }] }])
  })

  it('can what one of its targets can', async () => {
    const { router } = createWorld({
      providers: [scripted('a'), scripted('b')],
      routes: { chat: ['inner'], inner: ['a/m', 'b/m'] },
    })
    expect(router.capabilities('chat')).toEqual(router.capabilities('a/m'))
  })
})

describe('a router as a provider of another router', () => {
  it('serves under its id, with its routes as models', async () => {
    const inner: Provider = createWorld({
      id: 'inner',
      providers: [scripted('a', fails('server')), scripted('b')],
      routes: { fast: ['a/m', 'b/m'] },
    }).router
    const { ask } = createWorld({ providers: [inner], routes: { chat: ['inner/fast'] } })
    const answer = await ask()
    expect(answer).toMatchObject({ provider: 'b', route: 'chat' })
    expect(answer.attempts).toMatchObject([{ target: 'inner/fast', attempts: [{ target: 'a/m' }, { target: 'b/m' }] }])
  })

  it('cannot have the id of the router that it serves, whose routes would be mistaken for its own', () => {
    const { router: inner } = createWorld({ providers: [scripted('a')], routes: { fast: ['a/m'] } })
    expect(() => createWorld({ providers: [inner], routes: { chat: ['router/fast'] } })).toThrow(
      "the router itself has the id 'router'; pass { id: 'router-2' } to one of them",
    )
  })

  it('that knows no such model fails as a router does, and counts against nothing', async () => {
    const { router: inner } = createWorld({ id: 'inner', providers: [scripted('a')], routes: { fast: ['a/m'] } })
    const { ask, router } = createWorld({
      providers: [inner, scripted('b')],
      routes: { chat: ['inner/slow', 'b/m'] },
    })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 inner/slow first failure router', '2 b/m next-target success'])
    expect(router.status()[0]).toMatchObject({ failures: 0, inFlight: 0 })
  })
})
