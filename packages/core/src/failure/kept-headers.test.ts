import { expect, it } from 'vitest'
import { createRedactor } from '../errors/redact.ts'
import { keptHeaders } from './kept-headers.ts'

it('keeps the headers of interest, without secrets', () => {
  const headers = [
    ['retry-after', '3'],
    ['set-cookie', 'a=1'],
    ['x-request-id', 'of a-secret'],
  ] as const
  expect(keptHeaders(headers, /^(?:retry-after|x-request-id)$/, createRedactor(['a-secret']))).toEqual({
    'retry-after': '3',
    'x-request-id': 'of [redacted]',
  })
  expect(keptHeaders(headers, /^none$/, String)).toEqual({})
})
