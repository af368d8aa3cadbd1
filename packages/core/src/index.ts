// The router
export { createRouter } from './router/router.ts'
export type { Router } from './router/router.ts'
export type {
  ReloadOptions,
  RouteConfig,
  RouteOptions,
  RouterOptions,
  StageConfig,
  TargetConfig,
} from './router/options.ts'
export type { Limits } from './limit/limits.ts'
export type { HedgeOptions } from './hedge/hedging.ts'
export type { PluginStatus } from './registry/plugin-status.ts'
export type { TargetStatus } from './router/target-status.ts'
export type { Explanation } from './router/explain.ts'
export type { RouterEvent } from './engine/event.ts'

// What programs bring along; stores are in '@llmfb/core/store'
export type { StrategyOptions } from './strategy/strategy-options.ts'
export type { Candidate, Strategy, StrategyContext } from './strategy/strategy.ts'
export type { Middleware, MiddlewareContext } from './middleware/middleware.ts'
export type { Price, PriceSource } from './price/price.ts'

// Requests; their smaller parts are in '@llmfb/core/provider'
export type { ChatRequest, Parameters } from './provider/request.ts'
export type { EmbeddingsRequest } from './provider/facets.ts'
export type { Message } from './provider/message.ts'
export type { AssistantPart, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from './provider/part.ts'
export type { Tool } from './provider/tool.ts'
export type { JsonValue } from './provider/json.ts'
export type { CallOptions, Clock, Logger } from './provider/call-options.ts'

// Answers
export type { ChatResponse, FinishReason, Warning } from './provider/response.ts'
export type { StreamEvent } from './provider/stream-event.ts'
export type { Usage } from './provider/usage.ts'
export type { Attempt, Exclusion, Ledger } from './provider/ledger.ts'
export type { RoutedEmbeddings, RoutedFinishEvent, RoutedResponse, RoutedStreamEvent } from './provider/routed.ts'
export { collectStream } from './stream/collect-stream.ts'

// Providers, as those who install them see them; who writes one imports '@llmfb/core/provider'
export type { Provider } from './provider/provider.ts'
export type { ProviderPlugin } from './provider/plugin.ts'
export type { Capabilities } from './provider/capabilities.ts'

// Time
export { systemClock } from './runtime/system-clock.ts'

// Failures
export { isLlmfbError, LlmfbError } from './errors/llmfb-error.ts'
export type { ErrorCode } from './errors/codes.ts'
export type { Disposition } from './failure/disposition.ts'
export type { FailureKind } from './errors/failure-kind.ts'
export { DisposedError } from './errors/disposed-error.ts'
export { InvalidConfigError } from './errors/invalid-config-error.ts'
export type { ConfigIssue } from './errors/invalid-config-error.ts'
export { InvalidRequestError } from './errors/invalid-request-error.ts'
export { NoUsableTargetError } from './errors/no-usable-target-error.ts'
export { isProviderError, ProviderError } from './errors/provider-error.ts'
export { isRouteFailedError, RouteFailedError } from './errors/route-failed-error.ts'
export { isStreamInterruptedError, StreamInterruptedError } from './errors/stream-interrupted-error.ts'
export { UnknownModelError } from './errors/unknown-model-error.ts'
