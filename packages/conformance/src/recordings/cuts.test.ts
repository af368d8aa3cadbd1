import { describe, expect, it } from 'vitest'
import { cutsOf } from './cuts.ts'
import type { Recording } from './recording.ts'

function streamOf(count: number, id = 'r'): Recording {
  const resBody = 'data: {}\n\n'.repeat(count)
  const resHeaders = { 'content-type': 'text/event-stream' }
  const rest = { provider: 'x', api: 'chat', method: 'POST', url: 'https://x.example', status: 200, features: [] }
  return { ...rest, id, stream: true, resHeaders, resBody }
}

const behindEvents = (cuts: readonly number[]): number => cuts.filter((at) => at % 10 === 0).length

describe('cutsOf', () => {
  it('cuts a short stream behind each event but the last, and elsewhere', () => {
    const cuts = cutsOf(streamOf(10))
    expect(cuts).toEqual(expect.arrayContaining([10, 20, 30, 40, 50, 60, 70, 80, 90, 97]))
    expect(cuts).not.toContain(98) // nothing but blank space would be lost
    expect(cuts.length).toBeGreaterThan(12)
    expect(cuts).toEqual([...new Set(cuts)].sort((a, b) => a - b))
  })

  it('cuts a long stream behind some of its events, the same each time, others for another recording', () => {
    const cuts = cutsOf(streamOf(500))
    expect(behindEvents(cuts)).toBeGreaterThanOrEqual(40)
    expect(cuts.length).toBeLessThanOrEqual(51)
    expect(cutsOf(streamOf(500))).toEqual(cuts)
    expect(cutsOf(streamOf(500, 'other'))).not.toEqual(cuts)
  })

  it('cuts an answer that is not streamed here and there, never into nothing', () => {
    const cuts = cutsOf({ ...streamOf(1), stream: false, resBody: '{"a":[1,2,3,4,5,6,7,8,9]}\n' })
    expect(cuts).toContain(24)
    expect(Math.min(...cuts)).toBeGreaterThan(0)
    expect(Math.max(...cuts)).toBe(24)
  })
})
