import { describe, expect, it } from 'vitest'
import type { FailureKind, RouteFailedError } from '../src/index.ts'
import { createWorld, fails, scripted } from './world.ts'

/** What one failure of a kind leads to, seen from outside. */
interface Row {
  /** Calls that the only target of a route gets, one after the other at once or after a backoff. */
  readonly callsAlone: number
  /** Whether another target of the stage is asked. */
  readonly nextTarget: boolean
  /** Recent failures that the target's health shows. */
  readonly failures: number
  /** Of the failing target `a/m`, its sibling `a/n` and the other provider's `b/m`: how long each is left alone. */
  readonly pausedMs: { readonly target?: number; readonly sibling?: number }
}

const minutes = 60_000
const transient: Row = { callsAlone: 3, nextTarget: true, failures: 1, pausedMs: {} }
const transientOnce: Row = { ...transient, callsAlone: 2 }
const final: Row = { callsAlone: 1, nextTarget: false, failures: 0, pausedMs: {} }

const table: Readonly<Record<FailureKind, Row>> = {
  server: transient,
  overloaded: transient,
  network: transient,
  timeout: transientOnce,
  malformed: transientOnce,
  truncated: transientOnce,
  empty: transientOnce,
  // Alone, a target that is paused for no longer than 20 s is waited for, at most twice.
  'rate-limit': { callsAlone: 3, nextTarget: true, failures: 0, pausedMs: { target: 1000 } },
  quota: { callsAlone: 1, nextTarget: true, failures: 0, pausedMs: { target: minutes, sibling: minutes } },
  authentication: {
    callsAlone: 1,
    nextTarget: true,
    failures: 0,
    pausedMs: { target: 5 * minutes, sibling: 5 * minutes },
  },
  permission: { callsAlone: 1, nextTarget: true, failures: 0, pausedMs: { target: 5 * minutes } },
  'model-not-found': { callsAlone: 1, nextTarget: true, failures: 0, pausedMs: { target: 5 * minutes } },
  // Another target is asked only where its window is known to be larger.
  'context-length': final,
  'content-filter': final,
  'invalid-request': final,
  // Looked at again until its allowance is over: here 2 s of looks, a second and an eighth apart.
  warming: { callsAlone: 3, nextTarget: true, failures: 0, pausedMs: { target: 1000 } },
  aborted: final,
  router: { callsAlone: 1, nextTarget: true, failures: 0, pausedMs: {} },
  unknown: { callsAlone: 1, nextTarget: true, failures: 1, pausedMs: {} },
}

const kinds = Object.keys(table) as FailureKind[]

/** A failure of this kind as a service answers it: with a status, without which a refusal is the provider's own. */
const failing = (kind: FailureKind) => fails(kind, { status: 400 })

describe('each kind of failure', () => {
  it.each(kinds)('%s is tried again on the same target as often as the table says', async (kind) => {
    const a = scripted('a', failing(kind))
    const { ask, errorOf } = createWorld({
      providers: [a],
      routes: { chat: { stages: [{ targets: ['a/m'] }], warmingMs: 2000 } },
    })
    const error = await errorOf<RouteFailedError>(ask())
    expect(error).toMatchObject({ code: 'all-attempts-failed', kind })
    expect(error.reason).toBe(table[kind].nextTarget || kind === 'context-length' ? 'exhausted' : 'final')
    expect(a.calls).toHaveLength(table[kind].callsAlone)
  })

  it.each(kinds)('%s moves on to the next target or ends the request, as the table says', async (kind) => {
    const [a, b] = [scripted('a', failing(kind)), scripted('b')]
    const { ask, errorOf } = createWorld({ providers: [a, b], routes: { chat: ['a/m', 'b/m'] } })
    if (table[kind].nextTarget) expect((await ask()).provider).toBe('b')
    else expect(await errorOf(ask())).toMatchObject({ kind })
    expect([a.calls.length, b.calls.length]).toEqual([1, table[kind].nextTarget ? 1 : 0])
  })

  it.each(kinds)('%s counts against health and pauses as the table says', async (kind) => {
    const { callsAlone: _, failures, pausedMs } = table[kind]
    const providers = [scripted('a', failing(kind)), scripted('b')]
    const { ask, router } = createWorld({
      providers,
      routes: { chat: ['a/m', 'b/m'], sibling: ['a/n'] },
    })
    await ask().catch(() => undefined)
    const [target, other, sibling] = router.status()
    expect(target).toMatchObject({ target: 'a/m', failures, inFlight: 0 })
    expect(target?.readyInMs).toBe(pausedMs.target)
    expect(target?.pausedFor).toBe(pausedMs.target === undefined ? undefined : kind)
    expect(sibling?.readyInMs).toBe(pausedMs.sibling)
    expect(other?.readyInMs).toBeUndefined()
  })

  it('of a name that this version does not know is taken for unknown', async () => {
    const a = scripted('a', fails('from-the-future' as FailureKind))
    const { ask, router } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    const answer = await ask()
    expect(answer.provider).toBe('b')
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 1 })
  })

  it('unknown counts half: it takes ten in a row to open the circuit', async () => {
    const a = scripted('a', fails('unknown'))
    const { ask, errorOf, router } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    for (let request = 1; request <= 9; request++) await errorOf(ask())
    expect(router.status()[0]?.circuit).toBe('closed')
    await errorOf(ask())
    expect(router.status()[0]?.circuit).toBe('open')
  })
})

describe('a route that overrides a row of the table', () => {
  it('moves on where the table would give up', async () => {
    const { ask } = createWorld({
      providers: [scripted('a', fails('content-filter', { status: 400 })), scripted('b')],
      routes: {
        chat: { stages: [{ targets: ['a/m', 'b/m'] }], failures: { 'content-filter': { nextTarget: 'yes' } } },
      },
    })
    expect((await ask()).provider).toBe('b')
  })

  it('gives up where the table would move on', async () => {
    const b = scripted('b')
    const { ask, errorOf } = createWorld({
      providers: [scripted('a', fails('server')), b],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], failures: { server: { nextTarget: 'no' } } } },
    })
    expect(await errorOf(ask())).toMatchObject({ reason: 'final', kind: 'server' })
    expect(b.calls).toEqual([])
  })

  it('keeps what it does not mention, and changes no other route', async () => {
    const a = scripted('a', fails('server'))
    const { ask, errorOf, router } = createWorld({
      providers: [a],
      routes: {
        chat: { stages: [{ targets: ['a/m'] }], failures: { server: { retryHere: 'no' } } },
        other: ['a/m'],
      },
    })
    await errorOf(ask())
    expect(a.calls).toHaveLength(1)
    expect(router.status()[0]?.failures).toBe(1)
    await errorOf(ask({ model: 'other' }))
    expect(a.calls).toHaveLength(4)
  })

  it('can take the weight from a failure and give it a pause', async () => {
    const { ask, errorOf, router } = createWorld({
      providers: [scripted('a', fails('server'))],
      routes: {
        chat: {
          stages: [{ targets: ['a/m'] }],
          failures: { server: { healthWeight: 0, pause: 'account-escalating' } },
        },
      },
    })
    await errorOf(ask())
    expect(router.status()[0]).toMatchObject({ failures: 0, pausedFor: 'server', readyInMs: 300_000 })
  })
})
