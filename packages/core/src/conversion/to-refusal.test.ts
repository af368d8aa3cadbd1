import { expect, it } from 'vitest'
import { InvalidRequestError } from '../errors/invalid-request-error.ts'
import { isProviderError } from '../errors/provider-error.ts'
import { toRefusal } from './to-refusal.ts'

const call = { provider: 'acme', model: 'm' }

it('makes the error of a call of what a request cannot be converted for', () => {
  const refusal = toRefusal(new InvalidRequestError('toolChoice', 'asks for a tool'), 'Acme', call)
  expect(isProviderError(refusal)).toBe(true)
  expect(refusal).toMatchObject({
    ...call,
    kind: 'invalid-request',
    message: 'Acme was not called. Invalid request: toolChoice asks for a tool',
  })
})

it('gives everything else as it is', () => {
  const error = new TypeError('an error of ours')
  expect(toRefusal(error, 'Acme', call)).toBe(error)
})
