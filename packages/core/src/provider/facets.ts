import type { CallOptions } from './call-options.ts'
import type { ChatRequest } from './request.ts'
import type { Usage } from './usage.ts'

export interface EmbeddingsRequest {
  readonly model: string
  readonly inputs: readonly string[]
  /** Length of the vectors, where the model lets one choose. */
  readonly dimensions?: number
}

export interface EmbeddingsResponse {
  /** One vector an input, in order. */
  readonly embeddings: readonly (readonly number[])[]
  readonly model: string
  readonly provider: string
  readonly usage?: Usage
  readonly requestId?: string
}

/** Texts to vectors. */
export interface EmbeddingsFacet {
  embed(request: EmbeddingsRequest, options?: CallOptions): Promise<EmbeddingsResponse>
}

export interface ModelDescription {
  readonly id: string
  readonly contextWindow?: number
  readonly maxOutputTokens?: number
}

/** Which models the service offers; cached until `refresh`. */
export interface ModelsFacet {
  list(options?: CallOptions & { readonly refresh?: boolean }): Promise<readonly ModelDescription[]>
}

export interface TokenCount {
  readonly tokens: number
  /** `exact` from the service, `local` from a tokenizer here, `estimate` from the length. */
  readonly method: 'exact' | 'local' | 'estimate'
}

/** How many tokens a request's prompt has. */
export interface TokensFacet {
  /** The best that it counts by. Where a service cannot count for a model, a count may be less, and says so. */
  readonly method: TokenCount['method']
  count(request: ChatRequest, options?: CallOptions): Promise<TokenCount>
}

/** Asks the service whether it is there. */
export interface HealthFacet {
  readonly cost: 'free' | 'metered'
  /** Resolves when the service answers well. @throws ProviderError */
  probe(options?: CallOptions): Promise<void>
}

/** Loads a model before it is needed; for services that load on demand. */
export interface WarmUpFacet {
  warmUp(model: string, options?: CallOptions): Promise<void>
}
