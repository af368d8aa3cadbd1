import { describe, expect, it } from 'vitest'
import type { Logger, RouteFailedError, RoutedStreamEvent, StreamEvent } from '../src/index.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import { createWorld, fails, lines, question, scripted } from './world.ts'

const broken = (): never => {
  throw new Error('broken: Why the sky?')
}

describe('what a program supplies', () => {
  it('a logger that throws fails and delays no request', async () => {
    const logger: Logger = { debug: broken, info: broken, warn: broken, error: broken }
    const providers = [scripted('a', fails('authentication')), scripted('b')]
    const { ask } = createWorld({ providers, routes: { chat: ['a/m', 'b/m'] }, logger })
    expect(lines(await ask())).toEqual(['1 a/m first failure authentication', '2 b/m next-target success'])
  })

  it('prices that throw are not known', async () => {
    const { ask } = createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] }, prices: { priceOf: broken } })
    const answer = await ask()
    expect(answer.text).toBe('ok')
    expect(answer).not.toHaveProperty('costUsd')
  })

  it('capabilities that throw say nothing of a window, and leave the failure as it is', async () => {
    const asked = { times: 0 }
    const odd = createScriptedProvider({
      id: 'a',
      replies: fails('context-length'),
      capabilities: () => (asked.times++ > 0 ? broken() : {}),
    })
    const { ask, errorOf } = createWorld({ providers: [odd], routes: { chat: ['a/m'] } })
    const error = await errorOf<RouteFailedError>(ask({ temperature: 1 }))
    expect(error).toMatchObject({ code: 'all-attempts-failed', kind: 'context-length' })
  })

  it('what a strategy or a listener throws is logged without its words, which may quote the conversation', async () => {
    const logged: unknown[] = []
    const log = (...line: unknown[]): void => void logged.push(line)
    const { ask } = createWorld({
      providers: [scripted('a'), scripted('b')],
      routes: { chat: { stages: [{ strategy: { name: 'odd', order: broken }, targets: ['a/m', 'b/m'] }] } },
      logger: { debug: log, info: log, warn: log, error: log },
      onEvent: broken,
    })
    await ask()
    expect(logged.length).toBeGreaterThan(1)
    expect(JSON.stringify(logged)).not.toContain('Why the sky')
  })
})

describe('a stream', () => {
  it('is not kept alive by tokens that are counted without content', async () => {
    const usage = {
      uncachedInputTokens: 1,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTextTokens: 1,
      reasoningTokens: 0,
    }
    const counts = Array.from({ length: 20 }, (): StreamEvent => ({ type: 'usage', usage }))
    const events: readonly StreamEvent[] = [{ type: 'text-delta', text: 'Be' }, ...counts]
    const a = scripted('a', { events, pieceDelayMs: 900, end: 'stall' })
    const { read, errorOf, clock } = createWorld({
      providers: [a],
      routes: { chat: { stages: [{ targets: ['a/m'] }], idleMs: 2000 } },
    })
    const error = await errorOf(read())
    expect(error).toMatchObject({ code: 'stream-interrupted', kind: 'timeout' })
    expect(clock.now()).toBe(2000)
  })

  it('whose middleware ends it early, or throws, is ended at its source', async () => {
    for (const throws of [false, true]) {
      const a = scripted('a', { text: ['one', 'two', 'three'], pieceDelayMs: 10 })
      const { open, clock, router } = createWorld({
        providers: [a],
        routes: { chat: ['a/m'] },
        middleware: [
          {
            name: 'impatient',
            async *stream(request, next) {
              const inner = next(request)[Symbol.asyncIterator]()
              const first: IteratorResult<RoutedStreamEvent> = await inner.next()
              if (first.done !== true) yield first.value
              if (throws) throw new Error('enough')
            },
          },
        ],
      })
      const stream = open(question)
      await clock.run(stream.next())
      await clock.run(stream.next().catch(() => undefined))
      await clock.advance(0)
      expect(a.calls[0]?.aborted).toBe(true)
      expect(router.status()[0]?.inFlight).toBe(0)
    }
  })
})

describe('a slow service that loads models', () => {
  it('is blamed from the second time on: an answer that came late shows that its model was there', async () => {
    const slow = Object.assign(scripted('a', { delayMs: 40_000 }), { warmUp: { warmUp: async () => undefined } })
    const { ask, clock, errorOf, router } = createWorld({
      providers: [slow],
      routes: { chat: { stages: [{ targets: ['a/m'] }], attemptMs: 30_000, deadlineMs: 31_000 } },
    })
    await errorOf(ask())
    await clock.advance(20_000)
    await errorOf(ask())
    expect(router.status()[0]).toMatchObject({ failures: 1, lastFailure: { kind: 'timeout' } })
  })
})

describe('an explanation', () => {
  it('tells whom a request would go to although every circuit is open', async () => {
    const providers = [scripted('a', fails('server')), scripted('b', fails('server'))]
    const { ask, errorOf, router } = createWorld({
      providers,
      routes: { chat: ['a/m', 'b/m'] },
      circuit: { consecutiveFailures: 1 },
    })
    await errorOf(ask())
    const { stages } = await router.explain(question)
    const verdicts = stages[0]?.targets.map(({ verdict }) => verdict)
    expect(verdicts?.filter((verdict) => verdict === 'forced')).toHaveLength(1)
    expect(verdicts?.filter((verdict) => verdict === 'excluded')).toHaveLength(1)
  })

  it('is of a stream where one is meant', async () => {
    const whole = createScriptedProvider({ id: 'a', capabilities: { streaming: false } })
    const { router } = createWorld({ providers: [whole, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    const first = async (stream: boolean): Promise<string | undefined> =>
      (await router.explain(question, { stream })).stages[0]?.targets[0]?.target
    expect([await first(false), await first(true)]).toEqual(['a/m', 'b/m'])
  })

  it('and a look at what a target can do leave nothing behind', async () => {
    const { router } = createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] } })
    await router.explain({ ...question, model: 'a/other' })
    router.capabilities('a/third')
    expect(router.status().map(({ target }) => target)).toEqual(['a/m'])
  })
})
