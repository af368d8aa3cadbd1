import type { JsonSchema } from './json.ts'
import type { CacheBreakpoint } from './part.ts'

/** A function that the model may ask to have called. */
export interface Tool {
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments; its root is an object. */
  readonly parameters: JsonSchema
  /** Ask the service to hold the model to the schema. @default the service's own */
  readonly strict?: boolean
  readonly cacheBreakpoint?: CacheBreakpoint
}

/** Whether the model may, must not, must call a tool, or must call that one. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string }
