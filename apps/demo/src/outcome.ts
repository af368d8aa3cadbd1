import { isRouteFailedError, isStreamInterruptedError } from '@llmfb/core'
import type { CallOptions, Ledger, Router, RouteFailedError, StreamInterruptedError } from '@llmfb/core'

/** How one request to the router went. */
export type Outcome = { readonly streamed: boolean; readonly ledger: Ledger } & (
  | { readonly type: 'answered'; readonly text: string; readonly target: string }
  | { readonly type: 'failed'; readonly error: RouteFailedError }
  | { readonly type: 'interrupted'; readonly error: StreamInterruptedError; readonly text: string }
)

export interface Question {
  readonly route: string
  readonly text: string
}

function toRequest({ route, text }: Question): Parameters<Router['chat']>[0] {
  return { model: route, messages: [{ role: 'user', content: text }] }
}

function toAnswered(streamed: boolean, text: string, ledger: Ledger): Outcome {
  return { type: 'answered', streamed, text, target: ledger.attempts.at(-1)?.target ?? '', ledger }
}

/** Asks for a whole answer. @throws what is no failure of the route, such as the signal's reason */
export async function askChat(router: Router, question: Question, options: CallOptions): Promise<Outcome> {
  try {
    const response = await router.chat(toRequest(question), options)
    return toAnswered(false, response.text, response)
  } catch (error) {
    if (isRouteFailedError(error)) return { type: 'failed', streamed: false, error, ledger: error }
    throw error
  }
}

/** Asks for a streamed answer. @throws as `askChat` does */
export async function askStream(
  router: Router,
  question: Question,
  options: CallOptions,
  onText: (text: string) => void = () => undefined,
): Promise<Outcome> {
  let text = ''
  try {
    for await (const event of router.stream(toRequest(question), options)) {
      if (event.type === 'text-delta') {
        text += event.text
        onText(event.text)
      }
      if (event.type === 'finish') return toAnswered(true, text, event)
    }
  } catch (error) {
    if (isRouteFailedError(error)) return { type: 'failed', streamed: true, error, ledger: error }
    if (isStreamInterruptedError(error)) return { type: 'interrupted', streamed: true, error, text, ledger: error }
    throw error
  }
  options.signal?.throwIfAborted()
  throw new Error('The stream ended without its last event.')
}
