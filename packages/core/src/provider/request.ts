import type { JsonObject, JsonSchema } from './json.ts'
import type { Message } from './message.ts'
import type { Tool, ToolChoice } from './tool.ts'

export type ResponseFormat =
  | { readonly type: 'text' }
  /** Some JSON, of no particular shape. */
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema'
      readonly schema: JsonSchema
      /** Letters, digits, `_` and `-`. @default 'response' */
      readonly name?: string
      readonly description?: string
      /** Hold the model to the schema. @default true where the service can */
      readonly strict?: boolean
    }

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** How much the model may think before it answers. */
export interface ReasoningRequest {
  readonly effort?: ReasoningEffort
  /** Tokens it may think; where a service knows efforts only, this parameter is not honoured. */
  readonly budgetTokens?: number
}

/** What a caller may tune, apart from the conversation itself. A provider declares which of these it honours. */
export interface Parameters {
  /** Randomness, 0 to 2 (some services: 0 to 1). */
  readonly temperature?: number
  /** Nucleus sampling, 0 to 1. */
  readonly topP?: number
  readonly topK?: number
  /** Most tokens the answer may have, reasoning included where the service counts it. */
  readonly maxTokens?: number
  /** Texts that end the answer; they are not part of it. */
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly reasoning?: ReasoningRequest
  /** Whether the model may call several tools in one turn. */
  readonly parallelToolCalls?: boolean
  /** A stable id of the end user, for the service's abuse detection. */
  readonly user?: string
  /** Labels the service keeps with the request. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** One call of a model, in no vendor's words. */
export interface ChatRequest extends Parameters {
  /** A route's name or a target such as `openai/gpt-5`; a provider gets its own service's model id. */
  readonly model: string
  readonly messages: readonly Message[]
  readonly tools?: readonly Tool[]
  /** @default 'auto' when there are tools */
  readonly toolChoice?: ToolChoice
  /** @default { type: 'text' } */
  readonly responseFormat?: ResponseFormat
  /** What only one vendor has, by provider id; it goes into that vendor's request as it is. */
  readonly providerOptions?: Readonly<Record<string, JsonObject>>
}
