import { InvalidRequestError } from '../errors/invalid-request-error.ts'
import type { JsonValue } from '../provider/json.ts'

const maxKeyLength = 512
const maxValueLength = 1_048_576

/** @throws InvalidRequestError when no store takes the key: it is empty or longer than 512 UTF-16 units */
export function checkKey(key: string): void {
  if (key === '' || key.length > maxKeyLength) {
    throw new InvalidRequestError('key', `must have 1 to ${maxKeyLength} characters`)
  }
}

/** @throws InvalidRequestError unless `amount` is a whole number, and `limit` one or Infinity */
export function checkAmount(amount: number, limit: number): void {
  if (!Number.isSafeInteger(amount)) throw new InvalidRequestError('amount', 'must be a whole number')
  if (!Number.isSafeInteger(limit) && limit !== Infinity) {
    throw new InvalidRequestError('limit', 'must be a whole number or Infinity')
  }
}

/**
 * A value as text to keep.
 *
 * @throws InvalidRequestError when it is no JSON value, or longer than 1,048,576 UTF-16 units as text
 */
export function toStoredText(value: JsonValue): string {
  const text = textOf(value)
  if (text === undefined) throw new InvalidRequestError('value', 'must be JSON')
  if (text.length > maxValueLength) {
    throw new InvalidRequestError('value', `must have at most ${maxValueLength} characters as JSON`)
  }
  return text
}

function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    // A cycle or a bigint.
    return undefined
  }
}
