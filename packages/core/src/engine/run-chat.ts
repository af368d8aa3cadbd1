import { ProviderError } from '../errors/provider-error.ts'
import type { Provider } from '../provider/provider.ts'
import type { ChatResponse } from '../provider/response.ts'
import type { RoutedResponse } from '../provider/routed.ts'
import type { ActiveAttempt } from './active-attempt.ts'
import type { Operation } from './run-attempts.ts'
import { runAttempts } from './run-attempts.ts'
import type { Run } from './run.ts'

/** Runs a request to its whole answer. */
export function runChat(run: Run): Promise<RoutedResponse> {
  return runAttempts(run, chat)
}

const chat: Operation<ChatResponse, RoutedResponse> = {
  call(attempt) {
    const { loaded } = attempt.target.source
    return loaded ? callProvider(loaded, attempt) : loadAndCall(attempt)
  },
  accept(attempt, response) {
    const { run, target, warnings } = attempt
    assertAnswer(response, target.provider, target.model)
    const now = attempt.succeed(response)
    run.succeeded(now)
    const { route, attempts, exclusions, latencyMs } = run.ledger(now)
    const routed: RoutedResponse = { ...response, route, attempts, exclusions, latencyMs }
    return warnings.length === 0 ? routed : { ...routed, warnings: [...warnings, ...response.warnings] }
  },
}

function callProvider(provider: Provider, attempt: ActiveAttempt): Promise<ChatResponse> {
  return attempt.guard.race(provider.chat(attempt.request, attempt.callOptions()))
}

/** Calls nobody when the call has ended before the provider is there. */
async function loadAndCall(attempt: ActiveAttempt): Promise<ChatResponse> {
  return callProvider(await attempt.guard.race(attempt.target.source.load()), attempt)
}

/** A success that holds no answer is a failure: of the wrong shape, or without any content though it says it is done. */
function assertAnswer(response: ChatResponse, provider: string, model: string): void {
  const unified = response?.finishReason?.unified
  if (unified === undefined || !Array.isArray(response.content) || !Array.isArray(response.warnings)) {
    const message = `${provider}/${model} gave an answer that is not a ChatResponse.`
    throw new ProviderError(message, { kind: 'malformed', provider, model })
  }
  if (unified !== 'stop' && unified !== 'other') return
  if (response.content.some((part) => part.type !== 'text' || part.text !== '')) return
  throw new ProviderError(`${provider}/${model} gave an answer without content.`, { kind: 'empty', provider, model })
}
