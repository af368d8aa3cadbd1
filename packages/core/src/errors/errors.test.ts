import { describe, expect, it } from 'vitest'
import type { Attempt } from '../provider/ledger.ts'
import { errorCodes } from './codes.ts'
import { DisposedError } from './disposed-error.ts'
import { InvalidConfigError } from './invalid-config-error.ts'
import { InvalidRequestError } from './invalid-request-error.ts'
import { isLlmfbError } from './llmfb-error.ts'
import { NoUsableTargetError } from './no-usable-target-error.ts'
import { isProviderError, ProviderError } from './provider-error.ts'
import { isRouteFailedError, RouteFailedError } from './route-failed-error.ts'
import { isStreamInterruptedError, StreamInterruptedError } from './stream-interrupted-error.ts'
import { UnknownModelError } from './unknown-model-error.ts'

const attempt: Attempt = {
  number: 1,
  target: 'a/b',
  provider: 'a',
  model: 'b',
  stage: 'stage-1',
  reason: 'first',
  outcome: 'failure',
  startMs: 0,
  durationMs: 12.4,
  kind: 'server',
  status: 500,
  message: 'it broke',
}
const ledger = { route: 'chat', attempts: [attempt], exclusions: [], latencyMs: 12.4 }
const failure = new ProviderError('it broke', { kind: 'server', provider: 'a', status: 500 })
const routeFailed = new RouteFailedError({
  ...ledger,
  reason: 'exhausted',
  kind: 'server',
  errors: [failure],
  retryAfterMs: 1500,
})
const interrupted = new StreamInterruptedError(failure, { text: 'half', content: [] }, ledger)

const every = [
  failure,
  routeFailed,
  interrupted,
  new DisposedError(),
  new InvalidConfigError([{ path: 'routes', problem: 'is missing' }]),
  new InvalidRequestError('messages', 'is empty'),
  new NoUsableTargetError('chat', [{ target: 'a/b', route: 'chat', reason: 'set A_KEY' }]),
  new UnknownModelError('chta', ['chat']),
]

describe('errors', () => {
  it('have each code once, and a page for it', () => {
    expect(every.map(({ code }) => code).sort()).toEqual(Object.keys(errorCodes).sort())
  })

  it('are named after their class, in the stack too', () => {
    for (const error of every) {
      expect(error.name).toBe(error.constructor.name)
      expect(error).toBeInstanceOf(Error)
      expect(isLlmfbError(error)).toBe(true)
    }
  })

  it('are recognised when another copy of the package made them, and nothing else is', () => {
    const foreign = Object.assign(new Error('from elsewhere'), { code: 'provider-failure' })
    expect(isProviderError(foreign)).toBe(false)
    Object.defineProperty(foreign, Symbol.for('llmfb.error'), { value: true })
    expect(isProviderError(foreign)).toBe(true)
    for (const value of [undefined, null, 'x', 5, {}, new Error('x')]) expect(isLlmfbError(value)).toBe(false)
    expect([isRouteFailedError(failure), isStreamInterruptedError(failure)]).toEqual([false, false])
    expect([isRouteFailedError(routeFailed), isStreamInterruptedError(interrupted)]).toEqual([true, true])
  })

  it('show no brand in what is logged of them', () => {
    expect(Object.keys(failure).sort()).toEqual(['code', 'kind', 'name', 'provider', 'status'])
  })

  it('tell what happened', () => {
    expect(routeFailed.message).toBe(
      "Route 'chat' failed (server), no target is left to try; try again in 2 s:\n  1. a/b server 500 after 12 ms: it broke",
    )
    expect(routeFailed.cause).toBe(failure)
    expect(interrupted.message).toBe('Stream of a/b broke off (server) after 4 characters of text: it broke')
    const [config, request, unusable, unknown] = every.slice(4).map(({ message }) => message)
    expect(config).toBe('Invalid configuration: routes is missing')
    expect(request).toBe('Invalid request: messages is empty')
    expect(unusable).toBe("Route 'chat' has no usable target:\n  a/b: set A_KEY")
    expect(unknown).toBe("Unknown model: request.model 'chta' is neither a route nor a target. Did you mean 'chat'?")
  })
})
