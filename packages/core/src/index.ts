// The router
export { createRouter } from './router/router.ts'
export type { Router } from './router/router.ts'
export type { RouteConfig, RouteOptions, RouterOptions, StageConfig, TargetConfig } from './router/options.ts'
export type { RouterEvent, RouterListener } from './engine/event.ts'
export type { TargetStatus } from './router/target-status.ts'
export type { PluginStatus } from './registry/plugin-status.ts'
export type { RoutedFinishEvent, RoutedResponse, RoutedStreamEvent } from './provider/routed.ts'
export type { Attempt, Exclusion, Ledger } from './provider/ledger.ts'
export type { Strategy } from './strategy/strategy.ts'
export { collectStream } from './stream/collect-stream.ts'

// The contract: what a provider implements and what a request and an answer look like
export type { Provider } from './provider/provider.ts'
export type { Credential, Manifest, ModelPattern, ProviderContext, ProviderPlugin, Tier } from './provider/plugin.ts'
export type { ProviderOptions } from './provider/provider-options.ts'
export type { CallOptions, Clock, Logger, Timer } from './provider/call-options.ts'
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
} from './provider/part.ts'
export type { Tool, ToolChoice } from './provider/tool.ts'
export type { ChatResponse, FinishReason, Warning } from './provider/response.ts'
export type { Usage } from './provider/usage.ts'
export type { FinishEvent, StreamEvent } from './provider/stream-event.ts'
export type { Capabilities, ParameterName, ParameterRange, ParameterSupport } from './provider/capabilities.ts'
export type { JsonObject, JsonSchema, JsonValue } from './provider/json.ts'

// Failures
export { isLlmfbError, LlmfbError } from './errors/llmfb-error.ts'
export { InvalidConfigError } from './errors/invalid-config-error.ts'
export { InvalidRequestError } from './errors/invalid-request-error.ts'
export { NoUsableTargetError } from './errors/no-usable-target-error.ts'
export { isProviderError, ProviderError } from './errors/provider-error.ts'
export { isRouteFailedError, RouteFailedError } from './errors/route-failed-error.ts'
export { isStreamInterruptedError, StreamInterruptedError } from './errors/stream-interrupted-error.ts'
export { UnknownModelError } from './errors/unknown-model-error.ts'
export type { FailureKind } from './errors/failure-kind.ts'

// For authors of providers
export { capabilitiesOf } from './registry/capabilities-of.ts'
export { kindOfStatus } from './failure/kind-of-status.ts'
export { parseDuration, parseRetryAfter } from './failure/retry-after.ts'
export { systemClock } from './runtime/system-clock.ts'
export { createRedactor, toSafeCause } from './errors/redact.ts'
export type { Redact } from './errors/redact.ts'
