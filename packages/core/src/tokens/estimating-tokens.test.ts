import { describe, expect, it } from 'vitest'
import type { FailureKind } from '../errors/failure-kind.ts'
import { ProviderError } from '../errors/provider-error.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { estimatingTokens } from './estimating-tokens.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'How many are these?' }] } as const
const estimate = { tokens: estimateTokens(request), method: 'estimate' }

function failing(status: number, kind: FailureKind): ProviderError {
  return new ProviderError('no', { kind, provider: 'p', status })
}

describe('estimatingTokens', () => {
  it('hands on what the service counts, and what it is asked with', async () => {
    const asked: unknown[] = []
    const facet = estimatingTokens(async (...call) => {
      asked.push(call)
      return { tokens: 4711, method: 'exact' }
    })
    const options = { signal: new AbortController().signal }
    expect(await facet.count(request, options)).toEqual({ tokens: 4711, method: 'exact' })
    expect(asked).toEqual([[request, options]])
    expect(facet.method).toBe('exact')
  })

  it('estimates where there is no counter', async () => {
    const facet = estimatingTokens()
    expect(await facet.count(request)).toEqual(estimate)
    expect(facet.method).toBe('estimate')
  })

  it.each([
    [403, 'permission'],
    [404, 'model-not-found'],
    [405, 'invalid-request'],
    [501, 'server'],
  ] as const)('estimates where the service answers %i', async (status, kind) => {
    const facet = estimatingTokens(() => Promise.reject(failing(status, kind)))
    expect(await facet.count(request)).toEqual(estimate)
  })

  it.each([
    failing(401, 'authentication'),
    failing(403, 'authentication'),
    failing(403, 'quota'),
    failing(400, 'invalid-request'),
    failing(429, 'rate-limit'),
    failing(500, 'server'),
    new Error('another'),
  ])('throws what says something else: %s', async (error) => {
    const facet = estimatingTokens(() => Promise.reject(error))
    await expect(facet.count(request)).rejects.toBe(error)
  })

  it('estimates where a service has another way to say that it does not count', async () => {
    const error = failing(400, 'invalid-request')
    const facet = estimatingTokens(
      () => Promise.reject(error),
      (each) => each === error,
    )
    expect(await facet.count(request)).toEqual(estimate)
  })

  it('ends with its signal, although it asks nothing', async () => {
    const reason = new Error('the caller left')
    await expect(estimatingTokens().count(request, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})
