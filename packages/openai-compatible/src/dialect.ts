import type { ChatRequest, FailureKind, FinishReason, JsonObject } from '@llmfb/core/provider'
import type { MessageExtension } from './message-extension.ts'

/** What a service said about a failure, free of its message's words. */
export interface ServiceError {
  /** HTTP status; of an error inside a 200, the status that its code names, or 200. */
  readonly status: number
  /** The service's own code, such as `insufficient_quota`. */
  readonly code?: string
  /** The service's own class of error, such as `invalid_request_error`. */
  readonly type?: string
  /** The `error` object as it came, for services that say more in fields of their own. */
  readonly body: unknown
}

type MaxTokensField = 'max_tokens' | 'max_completion_tokens'

/** Where a service deviates from Chat Completions as OpenAI speaks it. */
export interface ChatCompletionsDialect {
  /** Name of the service for people, in messages of errors. @default the provider's id */
  readonly name?: string
  /** Headers that carry the key. @default `Authorization: Bearer …` */
  readonly authentication?: (apiKey: string) => Readonly<Record<string, string>>
  /** Where a model is asked, behind the address of the service. @default '/chat/completions' */
  readonly path?: (model: string) => string
  /** Where a model makes vectors. @default '/embeddings' */
  readonly embeddingsPath?: (model: string) => string
  /** Where the service lists what it serves, one list after the other. @default ['/models'] */
  readonly modelPaths?: readonly string[]
  /** Fewest tokens to which the Responses API lets an answer be held; less is raised, with a warning. @default 16 */
  readonly fewestOutputTokens?: number
  /** What stands in the query of every call, such as the version of an API. @default nothing */
  readonly query?: Readonly<Record<string, string>>
  /** What goes into every body, unless the request's `providerOptions` say otherwise. @default nothing */
  readonly body?: JsonObject
  /** Names within a request's `providerOptions` that go out as headers of its call, each with the header's. @default none */
  readonly headerOptions?: Readonly<Record<string, string>>
  /** Field for `maxTokens`, or which a model has. @default 'max_tokens' */
  readonly maxTokensField?: MaxTokensField | ((model: string) => MaxTokensField)
  /**
   * Whether the service takes `metadata` only with answers that it stores: without `store: true` in the request's
   * `providerOptions` it is left out, with a warning. @default false
   */
  readonly metadataNeedsStore?: boolean
  /** Role of system messages. @default 'system' */
  readonly systemRole?: 'system' | 'developer'
  /** Fields where the service has other words than OpenAI, by OpenAI's, such as `{ seed: 'random_seed' }`. */
  readonly renamedFields?: Readonly<Record<string, string>>
  /** Fields in which reasoning comes, tried in order. @default ['reasoning_content', 'reasoning'] */
  readonly reasoningFields?: readonly string[]
  /**
   * Whether reasoning comes in pieces with signatures, `reasoning_details`, as OpenRouter has it. They go back as they
   * came, to the service and the model that they are from. @default false
   */
  readonly reasoningDetails?: boolean
  /** Field in which reasoning goes back with an assistant message; without one it is left out, with a warning. */
  readonly reasoningReplayField?: string
  /** What goes into the body for the reasoning asked for. @default `{ reasoning_effort: effort }` */
  readonly reasoning?: (effort: string | undefined, budgetTokens: number | undefined) => JsonObject
  /** Whether a request is taken with the effort 'none' alone, which then goes out, with a warning. @default never */
  readonly mustNotReason?: (request: ChatRequest) => boolean
  /** Whether an effort or a budget may be asked for, and not both: the budget counts then, with a warning. @default false */
  readonly effortOrBudget?: boolean
  /** Whether usage of a stream must be asked for with `stream_options.include_usage`. @default true */
  readonly includeUsage?: boolean
  /** Whether a stream is cut unless it ends with `[DONE]`; without, a finish reason has to do. @default true */
  readonly requireDone?: boolean
  /** Whether tool results may hold images. @default false */
  readonly toolResultImages?: boolean
  /** Whether files may be given by URL. @default false */
  readonly fileUrls?: boolean
  /**
   * How cache breakpoints go out for models that take them: as Anthropic marks parts and tools, as OpenAI marks parts, or
   * as DIAL marks messages and tools, in `custom_fields`.
   *
   * @default they are left out
   */
  readonly cacheBreakpoints?: 'cache_control' | 'prompt_cache_breakpoint' | 'custom_fields'
  /** Fields that messages have beside OpenAI's. @default none */
  readonly extension?: MessageExtension
  /** Words for the end of an answer that only this service has. */
  readonly finishReasons?: Readonly<Record<string, FinishReason['unified']>>
  /** What the service says the call cost, in US dollars, from its `usage` object. */
  readonly costUsd?: (usage: Readonly<Record<string, unknown>>) => number | undefined
  /** Asked before the table of common codes; undefined leaves the error to that. */
  readonly classify?: (error: ServiceError) => FailureKind | undefined
}
