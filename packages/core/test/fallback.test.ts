import { describe, expect, it } from 'vitest'
import type { RouteFailedError, Strategy } from '../src/index.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import { createWorld, fails, lines, scripted, passedOver } from './world.ts'

describe('a route', () => {
  it('is served by its first target as long as that answers, and asks nobody else', async () => {
    const [a, b] = [scripted('a', { text: ['blue'] }), scripted('b')]
    const { ask } = createWorld({ providers: [a, b], routes: { chat: ['a/m', 'b/m'] } })
    const answer = await ask()
    expect(answer).toMatchObject({ text: 'blue', provider: 'a', model: 'm', route: 'chat' })
    expect(lines(answer)).toEqual(['1 a/m first success'])
    expect([a.calls.length, b.calls.length]).toEqual([1, 0])
  })

  it('gives each target its own model and the rest of the request as it is', async () => {
    const [a, b] = [scripted('a', fails('server')), scripted('b')]
    const { ask } = createWorld({ providers: [a, b], routes: { chat: ['a/one', 'b/org/two'] } })
    await ask({ temperature: 0.5 })
    expect(a.calls[0]?.request).toMatchObject({ model: 'one', temperature: 0.5 })
    expect(b.calls[0]?.request).toMatchObject({ model: 'org/two', temperature: 0.5 })
  })

  it('moves along its targets in order until one answers', async () => {
    const providers = [scripted('a', fails('server')), scripted('b', fails('network')), scripted('c'), scripted('d')]
    const { ask } = createWorld({ providers, routes: { chat: ['a/m', 'b/m', 'c/m', 'd/m'] } })
    const answer = await ask()
    expect(lines(answer)).toEqual([
      '1 a/m first failure server',
      '2 b/m next-target failure network',
      '3 c/m next-target success',
    ])
    expect(providers[3]?.calls).toEqual([])
  })

  it('tries a stage out before it goes to the next, and says so in the ledger', async () => {
    const providers = [scripted('a', fails('server')), scripted('b', fails('server')), scripted('c')]
    const { ask } = createWorld({
      providers,
      routes: {
        chat: { stages: [{ name: 'primary', targets: ['a/m', 'b/m'] }, { targets: ['c/m'] }], retry: { attempts: 0 } },
      },
    })
    const answer = await ask()
    expect(answer.attempts.map(({ stage, reason }) => [stage, reason])).toEqual([
      ['primary', 'first'],
      ['primary', 'next-target'],
      ['stage-2', 'next-stage'],
    ])
  })

  it('retries the last target of a stage before the next stage is asked', async () => {
    const providers = [scripted('a', fails('server')), scripted('b')]
    const { ask, clock } = createWorld({
      providers,
      routes: { chat: { stages: [{ targets: ['a/m'] }, { targets: ['b/m'] }] } },
    })
    expect(lines(await ask())).toEqual([
      '1 a/m first failure server',
      '2 a/m retry failure server',
      '3 a/m retry failure server',
      '4 b/m next-stage success',
    ])
    expect(clock.now()).toBe(125 + 250)
  })

  it('lets a strategy of the user order the targets, and leave one out', async () => {
    const seen: unknown[] = []
    const backwards: Strategy = {
      name: 'backwards',
      order: (candidates, { route, stage, now }) => {
        seen.push({ route, stage, now, targets: candidates.map(({ target }) => target) })
        return candidates.slice(1).toReversed()
      },
    }
    const providers = [scripted('a'), scripted('b', fails('server')), scripted('c', fails('server'))]
    const targets = ['a/m', 'b/m', 'c/m']
    const { ask, errorOf } = createWorld({
      providers,
      routes: { chat: { stages: [{ strategy: backwards, targets }], retry: { attempts: 0 } } },
    })
    const error = await errorOf<RouteFailedError>(ask())
    expect(error.attempts.map(({ target }) => target)).toEqual(['c/m', 'b/m'])
    expect(seen).toEqual([{ route: 'chat', stage: 'stage-1', now: 0, targets }])
  })

  it('can name one target twice, with parameters of its own', async () => {
    const a = createScriptedProvider({ id: 'a', replies: [fails('truncated'), { text: ['short'] }] })
    const { ask } = createWorld({
      providers: [a],
      routes: { chat: ['a/m', { model: 'a/m', parameters: { maxTokens: 10 } }] },
    })
    expect((await ask()).text).toBe('short')
    expect(a.calls.map(({ request }) => request.maxTokens)).toEqual([undefined, 10])
  })

  it('never makes more calls than its attempt limit', async () => {
    const providers = ['a', 'b', 'c', 'd'].map((id) => scripted(id, fails('server')))
    const { ask, errorOf } = createWorld({
      providers,
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m', 'c/m', 'd/m'] }], maxAttempts: 3 } },
    })
    const error = await errorOf<RouteFailedError>(ask())
    expect(error).toMatchObject({ code: 'all-attempts-failed', reason: 'attempt-limit', kind: 'server' })
    expect(error.attempts.map(({ target }) => target)).toEqual(['a/m', 'b/m', 'c/m'])
    expect(providers[3]?.calls).toEqual([])
  })

  it('counts retries against the attempt limit, which is 6 unless the route says otherwise', async () => {
    const providers = ['a', 'b', 'c'].map((id) => scripted(id, fails('network')))
    const stages = ['a/m', 'b/m', 'c/m'].map((target) => ({ targets: [target] }))
    const { ask, errorOf } = createWorld({ providers, routes: { chat: { stages } } })
    const error = await errorOf<RouteFailedError>(ask())
    expect(error.reason).toBe('attempt-limit')
    expect(error.attempts.map(({ target }) => target)).toEqual(['a/m', 'a/m', 'a/m', 'b/m', 'b/m', 'c/m'])
  })

  it('keeps a call for each later stage, so that a last resort is reached whatever came before', async () => {
    const failing = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => scripted(id, fails('server')))
    const providers = [...failing, scripted('z', { text: ['sorry'] })]
    const stages = [{ targets: failing.map(({ id }) => `${id}/m`) }, { targets: ['z/m'] }]
    const { ask } = createWorld({ providers, routes: { chat: { stages } } })
    const answer = await ask()
    expect(answer.text).toBe('sorry')
    expect(answer.attempts.map(({ provider }) => provider)).toEqual(['a', 'b', 'c', 'd', 'e', 'z'])
    expect(passedOver(answer)).toEqual(['f/m attempt-limit after 5', 'g/m attempt-limit after 5'])
  })

  it('gives a stage all its calls where nobody of a later one could serve', async () => {
    const providers = [scripted('a', fails('server')), scripted('z', fails('rate-limit', { retryAfterMs: 60_000 }))]
    const stages = [{ targets: ['a/m'] }, { targets: ['z/m'] }]
    const { ask, errorOf } = createWorld({
      providers,
      routes: { chat: { stages, maxAttempts: 2, retry: { attempts: 1 } }, only: ['z/m'] },
    })
    await errorOf(ask({ model: 'only' }))
    const error = await errorOf<RouteFailedError>(ask())
    expect(error.attempts.map(({ target }) => target)).toEqual(['a/m', 'a/m'])
  })
})

describe('a caller', () => {
  it('may name a target instead of a route, and gets that one alone', async () => {
    const [a, b] = [scripted('a'), scripted('b')]
    const { ask } = createWorld({ providers: [a, b], routes: { chat: ['a/m'] } })
    const answer = await ask({ model: 'b/some-other-model' })
    expect(answer).toMatchObject({ provider: 'b', model: 'some-other-model', route: 'b/some-other-model' })
    expect(a.calls).toEqual([])
  })

  it('shares what is known of a target, whether it is named or in a route', async () => {
    const a = scripted('a', [fails('rate-limit', { retryAfterMs: 60_000 }), {}])
    const { ask, errorOf } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    await errorOf(ask())
    const error = await errorOf<RouteFailedError>(ask({ model: 'a/m' }))
    expect(error).toMatchObject({ kind: 'rate-limit', retryAfterMs: 60_000 })
    expect(a.calls.length).toBe(1)
  })

  it('may name any number of targets: only the latest thousand are remembered', async () => {
    const { ask, router } = createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] } })
    for (let number = 0; number < 1500; number++) await ask({ model: `a/model-${number}` })
    const known = router.status().map(({ target }) => target)
    expect(known).toHaveLength(1001)
    expect(known).toContain('a/m')
    expect(known).toContain('a/model-1499')
    expect(known).not.toContain('a/model-0')
  })

  it('may run any number of requests at once: each has its own ledger', async () => {
    const a = scripted('a', ({ number }) =>
      number % 3 === 0 ? fails('server') : { delayMs: number, text: [`${number}`] },
    )
    const { router, clock } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    const ask = () => router.chat({ model: 'chat', messages: [{ role: 'user', content: 'hi' }] })
    const answers = await clock.run(Promise.all(Array.from({ length: 30 }, ask)))
    answers.forEach((answer, index) => {
      const failedOver = (index + 1) % 3 === 0
      expect(answer.provider).toBe(failedOver ? 'b' : 'a')
      expect(answer.attempts).toHaveLength(failedOver ? 2 : 1)
    })
    expect(router.status().map(({ inFlight }) => inFlight)).toEqual([0, 0])
    expect(clock.pending).toBe(0)
  })
})
