import { describe, expect, it } from 'vitest'
import { isStreamInterruptedError } from '../../src/errors/stream-interrupted-error.ts'
import type { ChatRequest } from '../../src/provider/request.ts'
import type { Router } from '../../src/router/router.ts'
import { createRouter } from '../../src/router/router.ts'
import { sleep } from '../../src/runtime/sleep.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { createScriptedProvider } from '../../src/testing/scripted-provider.ts'

/** What the simulation found, as the shortest story that shows it. */
describe('found by the simulation', () => {
  const ask = (model: string): ChatRequest => ({ model, messages: [{ role: 'user', content: 'hello' }] })

  it('keeps the ledger of a route within whose stream broke after content', async () => {
    const clock = createFakeClock()
    const a = createScriptedProvider({ id: 'a', replies: { text: ['half'], end: 'cut' } })
    const router = createRouter({ providers: [a], routes: { inner: ['a/1'], outer: ['inner'] }, clock, env: {} })
    const read = async (): Promise<void> => {
      for await (const _ of router.stream(ask('outer')));
    }
    const error: unknown = await clock.run(read()).catch((reason: unknown) => reason)
    const [attempt] = isStreamInterruptedError(error) ? error.attempts : []
    expect(attempt).toMatchObject({
      target: 'router/inner',
      kind: 'router',
      attempts: [{ target: 'a/1', kind: 'truncated' }],
    })
  })

  it('does not take a stream for silent while its reader takes its time', async () => {
    const clock = createFakeClock()
    const a = createScriptedProvider({ id: 'a', replies: { text: ['1', '2', '3'], pieceDelayMs: 900 } })
    const routes = { chat: { stages: [{ targets: ['a/1'] }], idleMs: 1000, deadlineMs: 100_000 } }
    const router = createRouter({ providers: [a], routes, clock, env: {} })
    const read = async (): Promise<string> => {
      let text = ''
      for await (const event of router.stream(ask('chat'))) {
        if (event.type === 'text-delta') text += event.text
        await sleep(clock, 5000)
      }
      return text
    }
    expect(await clock.run(read())).toBe('123')
    expect(router.status()).toMatchObject([{ target: 'a/1', status: 'healthy', failures: 0, inFlight: 0 }])
  })

  it('does not count a deadline against a target whose reader was away', async () => {
    const clock = createFakeClock()
    const a = createScriptedProvider({ id: 'a', replies: { text: ['1', '2'] } })
    const routes = { chat: { stages: [{ targets: ['a/1'] }], deadlineMs: 10_000, idleMs: 1000, maxWaitMs: 0 } }
    const router = createRouter({ providers: [a], routes, clock, env: {} })
    const read = async (): Promise<void> => {
      for await (const _ of router.stream(ask('chat'))) await sleep(clock, 20_000)
    }
    await expect(clock.run(read())).rejects.toMatchObject({ code: 'stream-interrupted', kind: 'timeout' })
    expect(router.status()).toMatchObject([{ target: 'a/1', status: 'healthy', failures: 0, inFlight: 0 }])
  })

  it('still ends a stream that falls silent while its reader waits', async () => {
    const clock = createFakeClock()
    const a = createScriptedProvider({ id: 'a', replies: { text: ['1', '2'], end: 'stall' } })
    const routes = { chat: { stages: [{ targets: ['a/1'] }], idleMs: 1000, deadlineMs: 100_000 } }
    const router = createRouter({ providers: [a], routes, clock, env: {} })
    const read = async (): Promise<void> => {
      for await (const _ of router.stream(ask('chat'))) await sleep(clock, 5000)
    }
    await expect(clock.run(read())).rejects.toMatchObject({ code: 'stream-interrupted', kind: 'timeout' })
    expect(clock.now()).toBe(11_000)
    expect(router.status()).toMatchObject([{ target: 'a/1', failures: 1 }])
  })

  it('never says that a circuit which comes back slowly let calls through before now', async () => {
    const clock = createFakeClock()
    const a = createScriptedProvider({ id: 'a', replies: [{ fail: { kind: 'server' } }, {}] })
    const b = createScriptedProvider({ id: 'b' })
    const circuit = { consecutiveFailures: 1, openMs: 100, rampUpMs: 1000 }
    const router = createRouter({ providers: [a, b], routes: { chat: ['a/1', 'b/1'] }, circuit, clock, env: {} })
    const waits: number[] = []
    router.onEvent((event) => {
      if (event.type === 'target-excluded') waits.push(event.exclusion.readyInMs ?? Number.NaN)
    })
    await clock.advance(5000)
    for (let request = 0; request < 20; request++) {
      await clock.run(router.chat(ask('chat')))
      await clock.advance(100)
    }
    expect(waits.length).toBeGreaterThan(3)
    expect(waits.filter((wait) => !(wait >= 0))).toEqual([])
  })

  it('explains a route that names a target twice which cannot serve the request', async () => {
    const a = createScriptedProvider({ id: 'a', capabilities: { parameters: {} } })
    const b = createScriptedProvider({ id: 'b' })
    const router = createRouter({ providers: [a, b], routes: { chat: ['a/1', 'a/1', 'b/1'] }, env: {} })
    const { stages } = await router.explain({ ...ask('chat'), temperature: 1 })
    expect(stages[0]?.targets).toMatchObject([
      { target: 'b/1', verdict: 'first' },
      { target: 'a/1', reason: 'not-capable' },
      { target: 'a/1', reason: 'not-capable' },
    ])
  })

  it('does not wait for ever for the last fraction of its patience', async () => {
    const clock = createFakeClock()
    // 12025 ms after this moment is, rounded, a little less than 12025 ms.
    await clock.advance(119_558.81729338715)
    const a = createScriptedProvider({ id: 'a', replies: { end: 'stall' } })
    const routes = { chat: { stages: [{ targets: [{ model: 'a/1', concurrency: 1 }] }], maxWaitMs: 12_025 } }
    const router = createRouter({ providers: [a], routes, clock, env: {} })
    let waits = 0
    router.onEvent(({ type }) => {
      if (type === 'retry-scheduled' && ++waits > 10) router.dispose()
    })
    const stalled = router.chat(ask('chat')).catch(() => undefined)
    await expect(clock.run(router.chat(ask('chat')))).rejects.toMatchObject({ code: 'all-attempts-failed' })
    expect(waits).toBe(1)
    router.dispose()
    await stalled
  })

  it.each([
    ['restart', 'whole', 1],
    ['error', 'half', 0],
    ['continue', 'half and more', 0],
  ] as const)(
    'doubles no text of a route within that begins anew, with %s around it',
    async (afterCommit, text, resets) => {
      const clock = createFakeClock()
      const a = createScriptedProvider({ id: 'a', replies: { text: ['half'], end: 'cut' } })
      const b = createScriptedProvider({ id: 'b', replies: { text: ['whole'] } })
      const c = createScriptedProvider({ id: 'c', replies: { text: [' and more'] } })
      const inner = { stages: [{ targets: ['a/1', 'b/1'] }], afterCommit: 'restart' } as const
      const outer = { stages: [{ targets: ['inner', 'c/1'] }], afterCommit }
      const router = createRouter({ providers: [a, b, c], routes: { inner, outer }, clock, env: {} })
      const read = { text: '', resets: 0 }
      const reading = async (): Promise<void> => {
        for await (const event of router.stream(ask('outer'))) {
          if (event.type === 'text-delta') read.text += event.text
          if (event.type === 'reset') {
            read.text = ''
            read.resets++
          }
        }
      }
      const ended = clock.run(reading())
      if (afterCommit === 'error') await expect(ended).rejects.toMatchObject({ delivered: { text: 'half' } })
      else await ended
      expect(read).toEqual({ text, resets })
      expect(router.status().every(({ inFlight }) => inFlight === 0)).toBe(true)
    },
  )

  it('sends no second call where both together might cost more than the request may', async () => {
    const calls: number[] = []
    for (const maxCostUsd of [1.9, 2]) {
      const clock = createFakeClock()
      const a = createScriptedProvider({ id: 'a', replies: { delayMs: 1000 } })
      const b = createScriptedProvider({ id: 'b', replies: { delayMs: 1000 } })
      const hedge = { afterMs: 100, maxShare: 1 }
      const routes = { chat: { stages: [{ targets: ['a/1', 'b/1'] }], hedge, maxCostUsd } }
      const prices = { priceOf: () => ({ inputPerMillion: 0, outputPerMillion: 1_000_000 }) }
      const router = createRouter({ providers: [a, b], routes, prices, clock, env: {} })
      await clock.run(router.chat({ ...ask('chat'), maxTokens: 1 }))
      calls.push(a.calls.length + b.calls.length)
    }
    expect(calls).toEqual([1, 2])
  })

  it('counts a request once for the retry budget, however often it waited before its first call', async () => {
    const clock = createFakeClock()
    const limited = { fail: { kind: 'rate-limit', retryAfterMs: 100 } } as const
    const replies = [limited, { delayMs: 500 }, { delayMs: 500 }, { fail: { kind: 'server' } }, {}] as const
    const a = createScriptedProvider({ id: 'a', replies })
    const routes = { chat: { stages: [{ targets: [{ model: 'a/1', concurrency: 1 }] }] } }
    const retryBudget = { ratio: 0.2, minimumPerSecond: 0 }
    const router = createRouter({ providers: [a], routes, retryBudget, clock, random: () => 0.5, env: {} })
    const chat = (): Promise<string> =>
      router.chat(ask('chat')).then(
        ({ text }) => text,
        (error: Error) => error.name,
      )
    expect(await clock.run(chat())).toBe('RouteFailedError')
    // Both wait for the pause to end, and the second then for the first.
    expect(await clock.run(Promise.all([chat(), chat()]))).toEqual(['ok', 'ok'])
    // A fifth of four requests is no retry.
    expect(await clock.run(chat())).toBe('RouteFailedError')
    expect(a.calls).toHaveLength(4)
  })

  it('gives up on a target whose shared limit is used up, and waits for no room there', async () => {
    const clock = createFakeClock()
    await Promise.all([import('../../src/engine/optional.ts'), import('../../src/router/share.ts')])
    const store = createMemoryStore({ clock })
    const target = { model: 'a/1', rpm: 2, concurrency: 1 }
    const routes = { chat: { stages: [{ targets: [target] }], maxWaitMs: 10_000 } }
    const create = (): Router =>
      createRouter({ providers: [createScriptedProvider({ id: 'a' })], routes, store, clock, env: {} })
    const [one, two] = [create(), create()]
    await clock.run(one.chat(ask('chat')))
    await clock.run(one.chat(ask('chat')))
    let waits = 0
    two.onEvent(({ type }) => {
      if (type === 'retry-scheduled' && ++waits > 10) two.dispose()
    })
    const codeOf = (asked: Promise<unknown>): Promise<unknown> => asked.catch((error: { code: string }) => error.code)
    // The second waits for the first, which only then learns that it is too late for both.
    const asked = [1, 2].map(() => codeOf(two.chat(ask('chat'))))
    expect(await clock.run(Promise.all(asked))).toEqual(['all-attempts-failed', 'all-attempts-failed'])
    expect(waits).toBe(1)
  })
})
