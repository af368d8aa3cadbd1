import { InvalidRequestError } from '../errors/invalid-request-error.ts'
import { anything, fields, isFields, must } from './shape.ts'

export function isSignal(value: unknown): value is AbortSignal {
  return isFields(value) && typeof value['aborted'] === 'boolean' && typeof value['addEventListener'] === 'function'
}

const callOptions = fields({ signal: must(isSignal, 'an AbortSignal'), clock: anything, logger: anything })

/**
 * Checks what a caller passes beside a request.
 *
 * @throws InvalidRequestError with the path of the first thing that is wrong
 */
export function checkCallOptions(value: unknown): void {
  if (value !== undefined)
    callOptions(value, 'options', (path, problem) => {
      throw new InvalidRequestError(path, problem)
    })
}
