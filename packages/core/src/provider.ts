// For authors of providers: the contract, and what every provider needs to keep it
export type { Provider } from './provider/provider.ts'
export type { Credential, Manifest, ModelPattern, ProviderContext, ProviderPlugin, Tier } from './provider/plugin.ts'
export type { ProviderOptions } from './provider/provider-options.ts'
export type { ApiKey, KeyPool, Keys } from './provider/key-pool.ts'
export type { CallOptions, Clock, Logger, Timer } from './provider/call-options.ts'
export type {
  Capabilities,
  ParameterName,
  ParameterRange,
  ParameterSupport,
  ToolCallIdForm,
} from './provider/capabilities.ts'
export type {
  EmbeddingsFacet,
  EmbeddingsRequest,
  EmbeddingsResponse,
  HealthFacet,
  ModelDescription,
  ModelsFacet,
  TokenCount,
  TokensFacet,
  WarmUpFacet,
} from './provider/facets.ts'

// Requests
export type { ChatRequest, Parameters, ReasoningEffort, ReasoningRequest, ResponseFormat } from './provider/request.ts'
export type { AssistantMessage, Message, SystemMessage, ToolMessage, UserMessage } from './provider/message.ts'
export type {
  AssistantPart,
  CacheBreakpoint,
  FilePart,
  ImagePart,
  Media,
  Opaque,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from './provider/part.ts'
export type { Tool, ToolChoice } from './provider/tool.ts'
export type { JsonObject, JsonSchema, JsonValue } from './provider/json.ts'

// Answers
export type { ChatResponse, FinishReason, Warning } from './provider/response.ts'
export type { RateLimit } from './provider/rate-limit.ts'
export type { Usage } from './provider/usage.ts'
export type { FinishEvent, StreamEvent, ToolCallEvent } from './provider/stream-event.ts'
export { collectStream } from './stream/collect-stream.ts'
export { toStreamEvents } from './stream/to-stream-events.ts'

// Failures
export { InvalidConfigError } from './errors/invalid-config-error.ts'
export { InvalidRequestError } from './errors/invalid-request-error.ts'
export { isLlmfbError } from './errors/llmfb-error.ts'
export { isProviderError, ProviderError } from './errors/provider-error.ts'
export type { FailureDetails } from './errors/provider-error.ts'
export type { FailureKind } from './errors/failure-kind.ts'
export { kindOfStatus } from './failure/kind-of-status.ts'
export { keptHeaders } from './failure/kept-headers.ts'
export { oneLine, quotesPage } from './failure/one-line.ts'
export { parseDuration, parseRetryAfter } from './failure/retry-after.ts'
export { createRedactor, toSafeCause } from './errors/redact.ts'
export type { Redact } from './errors/redact.ts'

// What converters share
export { honouredParameters } from './conversion/honoured-parameters.ts'
export { supportedEffort } from './conversion/supported-effort.ts'
export { toRefusal } from './conversion/to-refusal.ts'
export { createWarnings } from './conversion/warnings.ts'
export type { Warn, WarningList } from './conversion/warnings.ts'

// What providers share
export { createKeyPool, pooledKeys } from './keys/key-pool.ts'
export { perKey } from './keys/per-key.ts'
export { createKeyReader, isSendable } from './keys/read-key.ts'
export type { KeyedCall } from './keys/read-key.ts'
export { createKeyRedactor } from './keys/redact-keys.ts'
export type { RedactKeys } from './keys/redact-keys.ts'
export type { RateLimitNames } from './limit/parse-rate-limits.ts'
export { parseRateLimits } from './limit/parse-rate-limits.ts'
export { capabilitiesOf } from './registry/capabilities-of.ts'
export { systemClock } from './runtime/system-clock.ts'
export { estimatingTokens } from './tokens/estimating-tokens.ts'
