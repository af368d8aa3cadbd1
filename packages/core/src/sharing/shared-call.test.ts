import { describe, expect, it } from 'vitest'
import type { Usage } from '../provider/usage.ts'
import type { Reserve } from './shared-call.ts'
import { reserveCall } from './shared-call.ts'

/** Counts what is held of each limit. */
function createBook(): { held: Record<string, number>; reserve: Reserve } {
  const held: Record<string, number> = {}
  return {
    held,
    reserve: async (key, amount, limit, windowMs) => {
      const name = `${key} ${windowMs}`
      if ((held[name] ?? 0) + amount > limit) return undefined
      held[name] = (held[name] ?? 0) + amount
      return {
        settle: async (delta) => {
          held[name] = (held[name] ?? 0) + delta
        },
      }
    },
  }
}

function usage(input: number, output: number): Usage {
  return {
    uncachedInputTokens: input,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTextTokens: output,
    reasoningTokens: 0,
  }
}

describe('what a call takes of shared limits', () => {
  it('is one request and its tokens, of the limits that are set', async () => {
    const { held, reserve } = createBook()
    await reserveCall(reserve, 'a/m', [5, 1000, undefined, 100], 30, 20)
    expect(held).toEqual({ 'a/m:requests 60000': 1, 'a/m:tokens 60000': 50, 'a/m:output-tokens 60000': 20 })
  })

  it('is nothing where one of them has no room', async () => {
    const { held, reserve } = createBook()
    expect(await reserveCall(reserve, 'a/m', [5, 40, 1000, undefined], 30, 20)).toBeUndefined()
    expect(held).toEqual({ 'a/m:requests 60000': 0, 'a/m:input-tokens 60000': 0 })
  })

  it('becomes what the call used', async () => {
    const { held, reserve } = createBook()
    const call = await reserveCall(reserve, 'a/m', [5, 1000, 1000, 1000], 30, 20)
    call?.settle(usage(40, 5))
    expect(held).toEqual({
      'a/m:requests 60000': 1,
      'a/m:tokens 60000': 45,
      'a/m:input-tokens 60000': 40,
      'a/m:output-tokens 60000': 5,
    })
  })

  it.each([
    ['nothing', undefined],
    ['nonsense', usage(-5, Number.NaN)],
  ])('stays as it was where the service tells %s', async (_, told) => {
    const { held, reserve } = createBook()
    const call = await reserveCall(reserve, 'a/m', [5, 1000], 30, 20)
    call?.settle(told)
    expect(held).toEqual({ 'a/m:requests 60000': 1, 'a/m:tokens 60000': 50 })
  })

  it('is handed back whole by a call that never went out', async () => {
    const { held, reserve } = createBook()
    const call = await reserveCall(reserve, 'a/m', [5, 1000], 30, 20)
    call?.release()
    expect(held).toEqual({ 'a/m:requests 60000': 0, 'a/m:tokens 60000': 0 })
  })
})
