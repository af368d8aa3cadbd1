import { describe, expect, it } from 'vitest'
import { measureEngine, reportEngine } from './engine.ts'

describe('bench engine', () => {
  it('gives figures for every candidate', async () => {
    const { calls, streams } = await measureEngine({ rounds: 1, sampleMs: 0 })
    expect(calls.map(({ name }) => name)).toEqual([
      'bare',
      'cockatiel',
      'cockatiel + 2 timeouts',
      'opossum',
      'ai-fallback',
      'langchain',
      'llmfb',
      'llmfb + limits + listener',
      'llmfb, everything on',
    ])
    expect(streams.map(({ pieces }) => pieces)).toEqual([200, 10_000])
    for (const { figures } of streams) {
      expect(figures.map(({ name }) => name)).toEqual(['bare', 'ai-fallback', 'llmfb'])
    }
    for (const { name, ...figures } of [...calls, ...streams.flatMap((stream) => stream.figures)]) {
      for (const [figure, value] of Object.entries(figures)) {
        expect(value, `${name}: ${figure}`).toBeGreaterThan(0)
        expect(value, `${name}: ${figure}`).toBeLessThan(Number.POSITIVE_INFINITY)
      }
    }
    expect(calls.every(({ toCockatiel }) => toCockatiel !== undefined)).toBe(true)
    expect(reportEngine({ calls, streams })).toContain('Bound: llmfb, everything on at most 3 × cockatiel')
  })
})
