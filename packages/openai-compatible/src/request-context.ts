import { type Capabilities, ProviderError, type Warning } from '@llmfb/core/provider'
import type { ChatCompletionsDialect } from './dialect.ts'

/** What a request is converted with. */
export interface RequestContext {
  /** Id of the provider. */
  readonly provider: string
  /** Name of the service for people. */
  readonly name: string
  readonly dialect: ChatCompletionsDialect
  /** What the model can do. */
  readonly capabilities: Capabilities
}

/** A request on its way to the wire, with what had to be left out of it. */
export interface Conversion extends RequestContext {
  readonly model: string
  readonly warnings: Warning[]
}

/** A request that cannot be sent without losing what it means; nothing was sent. */
export function cannotSend(path: string, problem: string, conversion: Conversion): ProviderError {
  const { name, provider, model } = conversion
  return new ProviderError(`${name} cannot take ${path}: ${problem}`, { kind: 'invalid-request', provider, model })
}
