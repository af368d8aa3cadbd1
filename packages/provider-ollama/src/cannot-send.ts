import { ProviderError } from '@llmfb/core/provider'

/** Whom a request is for. */
export interface Addressee {
  /** Id of the provider. */
  readonly provider: string
  readonly model: string
}

/** A request that cannot be sent without losing what it means; nothing was sent. */
export function cannotSend(path: string, problem: string, { provider, model }: Addressee): ProviderError {
  return new ProviderError(`Ollama cannot take ${path}: ${problem}`, { kind: 'invalid-request', provider, model })
}
