import { InvalidRequestError } from '../errors/invalid-request-error.ts'
import { ProviderError } from '../errors/provider-error.ts'

/**
 * What to throw for what converting a request failed with: where a service cannot be told what was asked for, a
 * `ProviderError` of kind `invalid-request`, since the contract has one class of errors for whatever fails in a call.
 *
 * @param service its name, for people
 */
export function toRefusal(
  error: unknown,
  service: string,
  call: { readonly provider: string; readonly model: string },
): unknown {
  if (!(error instanceof InvalidRequestError)) return error
  const { provider, model } = call
  return new ProviderError(`${service} was not called. ${error.message}`, { kind: 'invalid-request', provider, model })
}
