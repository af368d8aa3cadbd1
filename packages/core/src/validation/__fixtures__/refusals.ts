import { InvalidRequestError } from '../../errors/invalid-request-error.ts'
import { parseChatRequest } from '../parse-chat-request.ts'

export const valid = { model: 'chat', messages: [{ role: 'user', content: 'hi' }] }

/** A request with one message of a role and content. */
export function withContent(role: string, content: unknown): unknown {
  return { ...valid, messages: [{ role, content }] }
}

/** The error with which a value is refused. */
export function refusal(value: unknown): InvalidRequestError {
  try {
    parseChatRequest(value)
  } catch (error) {
    if (error instanceof InvalidRequestError) return error
    throw error
  }
  throw new Error('It was taken.')
}

/** A value that is no request, the path of what is wrong, and what the message says of it. */
export type Refusal = readonly [value: unknown, path: string, problem: string]

/** What is said of each, where that is not what should be said. */
export function unexpected(refusals: readonly Refusal[]): readonly string[] {
  return refusals.flatMap(([value, path, problem]) => {
    const error = refusal(value)
    const good = error.path === path && error.message.startsWith(`Invalid request: ${path} `) && error.message.includes(problem)
    return good ? [] : [`${error.message}, where ${path} ${problem} was expected`]
  })
}
