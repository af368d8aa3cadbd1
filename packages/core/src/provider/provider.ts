import type { CallOptions } from './call-options.ts'
import type { Capabilities } from './capabilities.ts'
import type { EmbeddingsFacet, HealthFacet, ModelsFacet, TokensFacet, WarmUpFacet } from './facets.ts'
import type { ChatRequest } from './request.ts'
import type { ChatResponse } from './response.ts'
import type { StreamEvent } from './stream-event.ts'

/**
 * An adapter to one LLM service.
 *
 * It translates and nothing else: it never retries, never sleeps, never logs content. It rejects with a `ProviderError`
 * for every failure, except that an aborted call rejects with the reason of its signal.
 */
export interface Provider {
  /** Version of this contract. */
  readonly specificationVersion: 1
  /** Short, lower case, unique in a router: `openai`. */
  readonly id: string
  /** What `model` can do, as far as the provider knows; must be cheap. */
  capabilities(model: string): Capabilities
  /** @throws ProviderError */
  chat(request: ChatRequest, options?: CallOptions): Promise<ChatResponse>
  /** Ends with a `finish` event, or throws. Nothing is sent before the first event is asked for. @throws ProviderError */
  stream(request: ChatRequest, options?: CallOptions): AsyncIterable<StreamEvent>

  /**
   * It runs requests over targets of its own, as a router does: whoever calls it leaves it the time there is, and its
   * failures count against nobody.
   */
  readonly isRouter?: true

  readonly embeddings?: EmbeddingsFacet
  readonly models?: ModelsFacet
  readonly tokens?: TokensFacet
  readonly health?: HealthFacet
  readonly warmUp?: WarmUpFacet

  /**
   * Lets go of what it holds: connections, processes. A router calls it when it is disposed of, for providers that it made
   * itself from a plugin; how it goes delays nobody.
   */
  dispose?(): Promise<void> | void
}
