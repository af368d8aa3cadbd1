import { describe, expect, it } from 'vitest'
import { compareHttp, reportHttp } from './http.ts'
import { bareNames, namesComparedTo } from './candidates.ts'

describe('bench http', () => {
  it('can be asked for some of the services alone', () => {
    expect(namesComparedTo(['anthropic', 'google'])).toEqual([
      'anthropic',
      'llmfb anthropic',
      'anthropic socket',
      'google',
      'llmfb google',
    ])
    expect(() => namesComparedTo(['llmfb'])).toThrow("No bare SDK is called 'llmfb' here")
  })

  // Each candidate is a process that loads a library.
  it.each(bareNames)('gives figures for every candidate beside %s', { timeout: 60_000 }, async (bare) => {
    const names = namesComparedTo([bare])
    const modules = new URL('./', import.meta.url)
    const jobs = [
      { mode: 'chat', calls: 2, inFlight: 1 },
      { mode: 'stream', calls: 2, inFlight: 2 },
    ] as const
    const figures = await compareHttp({ names, starts: 1, rounds: 1, warmUpRounds: 0, jobs, modules })
    for (const part of ['chat', 'stream', 'starts'] as const) {
      expect(figures[part].map(({ name }) => name)).toEqual(names)
      for (const { name, ...values } of figures[part]) {
        for (const [figure, value] of Object.entries(values)) {
          expect(value, `${name}: ${part}: ${figure}`).toBeGreaterThan(0)
          expect(value, `${name}: ${part}: ${figure}`).toBeLessThan(Number.POSITIVE_INFINITY)
        }
      }
    }
    expect(reportHttp(figures)).toContain(bare === 'openai' ? 'Aim: llmfb at most 0.65 × openai' : `× ${bare}`)
  })
})
