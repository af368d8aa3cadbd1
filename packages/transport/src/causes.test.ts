import { expect, it } from 'vitest'
import { causesOf, codeOf, innermostMessage, isTimeout } from './causes.ts'

const withCode = (code: string, message = ''): Error => Object.assign(new Error(message), { code })
const failed = (cause: unknown): Error => new TypeError('fetch failed', { cause })

it('gives an error and its causes, outermost first, and stops in a circle', () => {
  const inner = new Error('inner')
  const outer = failed(inner)
  expect(causesOf(outer)).toEqual([outer, inner])
  expect(causesOf('no error')).toEqual([])
  const round = new Error('round')
  round.cause = round
  expect(causesOf(round)).toHaveLength(5)
})

it('finds the innermost code', () => {
  expect(codeOf(failed(withCode('ECONNREFUSED')))).toBe('ECONNREFUSED')
  expect(codeOf(Object.assign(failed(withCode('ENOTFOUND')), { code: 'outer' }))).toBe('ENOTFOUND')
  expect(codeOf(Object.assign(new Error('odd'), { code: 7 }))).toBeUndefined()
  expect(codeOf(undefined)).toBeUndefined()
})

it.each([
  [new DOMException('Too late', 'TimeoutError'), true],
  [failed(withCode('UND_ERR_HEADERS_TIMEOUT')), true],
  [failed(withCode('UND_ERR_BODY_TIMEOUT')), true],
  [failed(withCode('UND_ERR_CONNECT_TIMEOUT')), false],
  [failed(withCode('ETIMEDOUT')), false],
  [new DOMException('Gone', 'AbortError'), false],
  ['TimeoutError', false],
])('tells silence from other failures: %o', (error, isOne) => {
  expect(isTimeout(error)).toBe(isOne)
})

it.each([
  [failed(withCode('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:9')), 'connect ECONNREFUSED 127.0.0.1:9'],
  [failed(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })), 'ECONNREFUSED'],
  [failed(new RangeError('')), 'RangeError'],
  [undefined, 'undefined'],
])('says why: %o', (error, message) => {
  expect(innermostMessage(error)).toBe(message)
})
