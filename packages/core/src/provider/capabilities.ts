import type { ReasoningEffort, Parameters } from './request.ts'

/** How a parameter may be set: its type and range. */
export type ParameterRange =
  | { readonly type: 'number'; readonly min?: number; readonly max?: number }
  | { readonly type: 'integer'; readonly min?: number; readonly max?: number }
  | { readonly type: 'strings'; readonly maxItems?: number }
  | { readonly type: 'string' }
  | { readonly type: 'boolean' }
  | { readonly type: 'labels' }
  | {
      readonly type: 'reasoning'
      /** Absent where it is not known which, so that the service decides; none where there are only budgets. */
      readonly efforts?: readonly ReasoningEffort[]
      /** Present where a token budget is honoured. */
      readonly budgetTokens?: { readonly min?: number; readonly max?: number }
    }

export type ParameterName = keyof Parameters

/** The parameters a model honours. One that is absent is not honoured. */
export type ParameterSupport = { readonly [Name in ParameterName]?: ParameterRange }

/** Which ids of tool calls a service takes back. */
export interface ToolCallIdForm {
  /** `word` are letters, digits, `_` and `-`. */
  readonly characters: 'letters-and-digits' | 'word'
  readonly minLength?: number
  readonly maxLength: number
}

/** What a model can do, as its provider declares it. Core decides by this alone, never by a provider's id. */
export interface Capabilities {
  /** What a user message may hold besides text. */
  readonly input: readonly ('image' | 'file')[]
  readonly tools: boolean
  readonly responseFormats: readonly ('json' | 'json-schema')[]
  readonly streaming: boolean
  /** Whether it shows or takes back reasoning. */
  readonly reasoning: boolean
  /** Whether prompt-cache breakpoints have an effect. */
  readonly promptCache: boolean
  /** Most prompt-cache breakpoints of one request; absent where there is no such limit. */
  readonly cacheBreakpoints?: number
  /** What ids of tool calls may look like in a history; absent where any text will do. */
  readonly toolCallIds?: ToolCallIdForm
  /** Whether a trailing assistant message is continued, as opposed to answered. */
  readonly assistantPrefill: boolean
  readonly parameters: ParameterSupport
  /** Tokens of prompt and answer together; absent when not known. */
  readonly contextWindow?: number
  /** Most tokens an answer can have; absent when not known. */
  readonly maxOutputTokens?: number
}
