import { InvalidRequestError } from '../errors/invalid-request-error.ts'
import type { EmbeddingsRequest } from '../provider/facets.ts'
import { fields, listOf, text, wholeNumber } from './shape.ts'

const embeddingsRequest = fields({ model: text, inputs: listOf(text, 'input'), dimensions: wholeNumber(1) }, [
  'model',
  'inputs',
])

/**
 * Checks that `value` is an EmbeddingsRequest, and gives it back as one.
 *
 * @throws InvalidRequestError with the path of the first thing that is wrong
 */
export function parseEmbeddingsRequest(value: unknown): EmbeddingsRequest {
  embeddingsRequest(value, 'request', (path, problem) => {
    throw new InvalidRequestError(path, problem)
  })
  return value as EmbeddingsRequest
}
