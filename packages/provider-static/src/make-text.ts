import type { CallOptions, ChatRequest } from '@llmfb/core/provider'
import { failureOf } from './failures.ts'
import type { Answer } from './read-answers.ts'
import { isJson } from './read-answers.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * The text of an answer; a function is asked for it, and left when the call is aborted.
 *
 * @throws ProviderError of kind `unknown` for what the function throws, `malformed` or `empty` for what it returns
 */
export async function makeText(
  { text }: Answer,
  request: ChatRequest,
  options: CallOptions,
  provider: string,
): Promise<string> {
  if (typeof text === 'string') return text
  const { model, responseFormat } = request
  let made: unknown
  try {
    made = await untilAborted(Promise.resolve(text(request, options)), options.signal)
  } catch (error) {
    options.signal?.throwIfAborted()
    const cause = toBareError(error)
    throw failureOf(provider, model, 'unknown', `its function threw ${cause.name}`, cause)
  }
  if (typeof made !== 'string') throw failureOf(provider, model, 'malformed', 'its function returned no text')
  if (made === '') throw failureOf(provider, model, 'empty', 'its function returned an empty text')
  if (responseFormat !== undefined && responseFormat.type !== 'text' && !isJson(made)) {
    throw failureOf(provider, model, 'malformed', 'its function returned a text that is not JSON')
  }
  return made
}

/** Where an error was thrown and of what class it is; its message may quote the conversation and is left out. */
function toBareError(error: unknown): Error {
  const bare = new Error('Left out: it may quote the conversation.')
  const isError = error instanceof Error
  bare.name = isError ? error.constructor.name : `a ${typeof error}`
  bare.stack = [bare.name, ...((isError && error.stack?.match(/^ +at .*$/gm)) || [])].join('\n')
  return bare
}
