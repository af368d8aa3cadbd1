import { createWarnings, supportedEffort } from '@llmfb/core/provider'
import type {
  Capabilities,
  ChatRequest,
  JsonObject,
  JsonValue,
  ReasoningRequest,
  Warn,
  Warning,
} from '@llmfb/core/provider'
import type { Addressee } from './cannot-send.ts'
import { cannotSend } from './cannot-send.ts'
import type { OllamaOptions } from './options.ts'
import type { OllamaMessage } from './to-ollama-messages.ts'
import { toOllamaMessages } from './to-ollama-messages.ts'

/** The body of `/api/chat`, but for `stream`. Wider than the SDK's type, which has no `max` and narrows schemas. */
export interface OllamaRequest {
  model: string
  messages: OllamaMessage[]
  tools?: { type: 'function'; function: { name: string; description?: string; parameters: JsonObject } }[]
  format?: 'json' | JsonObject
  think?: boolean | 'low' | 'medium' | 'high' | 'max'
  keep_alive?: string | number
  options?: Record<string, unknown>
}

/** A request for the SDK, and what it does not say of what was asked. */
export interface Converted {
  readonly body: OllamaRequest
  readonly warnings: readonly Warning[]
}

/** What a request is converted for. */
interface RequestContext extends Addressee {
  /** What the model can do. */
  readonly capabilities: Capabilities
}

/** Set by the adapter for each call; replaced, they would break the answer's reading or the routing. */
const reserved = ['model', 'messages', 'stream']

/** The levels of thinking that it knows; which of them a model knows is for its capabilities to say. */
const levels = ['low', 'medium', 'high', 'max'] as const

/** Ollama answers 400 to `think` for a model that does not think, so that it is left out for those. */
function toThink(
  { effort, budgetTokens }: ReasoningRequest,
  { capabilities, model }: RequestContext,
  warn: Warn,
): OllamaRequest['think'] {
  const range = capabilities.parameters.reasoning
  if (range?.type !== 'reasoning') {
    // Not to think is all that such a model can do.
    const asked = effort === undefined ? (budgetTokens ?? 0) > 0 : effort !== 'none'
    if (asked) warn('unsupported', `${model} does not think.`, 'reasoning')
    return undefined
  }
  if (budgetTokens !== undefined) {
    warn('unsupported', 'Ollama knows levels of thinking, and no budget.', 'reasoning.budgetTokens')
  }
  if (effort === undefined) return budgetTokens === undefined ? undefined : budgetTokens > 0
  const { efforts } = range
  if (effort === 'none' && efforts?.includes('none') !== false) return false
  const known = efforts ? levels.filter((level) => efforts.includes(level)) : levels
  return supportedEffort(effort, known, model, warn)
}

function toTools(request: ChatRequest, context: RequestContext, warn: Warn): OllamaRequest['tools'] {
  const { tools = [], toolChoice = 'auto' } = request
  const named = typeof toolChoice === 'object' ? toolChoice.tool : undefined
  if (named !== undefined && !tools.some((tool) => tool.name === named)) {
    throw cannotSend('toolChoice.tool', `'${named}' is none of the tools`, context)
  }
  if (toolChoice === 'required' && tools.length === 0) {
    throw cannotSend('toolChoice', 'it asks for a tool, and the request has none', context)
  }
  if (toolChoice === 'none' || tools.length === 0) return undefined
  if (!context.capabilities.tools) throw cannotSend('tools', 'the model calls no tools', context)
  if (toolChoice === 'required') {
    warn('unsupported', 'Ollama cannot force a tool call; the model may answer with text.', 'toolChoice')
  } else if (named !== undefined) {
    warn(
      'changed',
      'Ollama cannot force a tool call; only this tool was sent, and the model may leave it.',
      'toolChoice',
    )
  }
  if (tools.some((tool) => tool.strict))
    warn('unsupported', 'Ollama does not hold arguments to a schema.', 'tools.strict')
  return tools
    .filter((tool) => named === undefined || tool.name === named)
    .map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, ...(description === undefined ? undefined : { description }), parameters },
    }))
}

function toFormat({ responseFormat }: ChatRequest, warn: Warn): OllamaRequest['format'] {
  if (responseFormat?.type === 'json') return 'json'
  if (responseFormat?.type !== 'json-schema') return undefined
  if (responseFormat.description !== undefined) {
    warn('unsupported', 'Ollama takes the schema alone; describe it in the schema.', 'responseFormat.description')
  }
  if (responseFormat.strict === false) {
    warn('changed', 'Ollama always holds the model to the schema.', 'responseFormat.strict')
  }
  return responseFormat.schema
}

function definedOnly<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}

function toRuntimeOptions(request: ChatRequest, contextWindow: number | undefined): Record<string, unknown> {
  return definedOnly({
    num_ctx: contextWindow,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    num_predict: request.maxTokens,
    stop: request.stop && [...request.stop],
    seed: request.seed,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
  })
}

/** What only Ollama has: fields of its request, and of the request's `options`. */
interface VendorFields {
  readonly fields: JsonObject
  readonly runtime: JsonObject
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toVendorFields(request: ChatRequest, context: RequestContext): VendorFields {
  const { provider } = context
  const { options: runtime = {}, ...fields } = request.providerOptions?.[provider] ?? {}
  const path = `providerOptions.${provider}`
  const taken = reserved.find((name) => Object.hasOwn(fields, name))
  if (taken !== undefined) throw cannotSend(`${path}.${taken}`, 'the request itself sets it', context)
  if (!isObject(runtime)) throw cannotSend(`${path}.options`, 'it must be an object', context)
  return { fields, runtime }
}

/** The request in Ollama's words. @throws ProviderError of kind `invalid-request` for what it cannot be said in */
export function toOllamaRequest(
  request: ChatRequest,
  provider: string,
  capabilities: Capabilities,
  { keepAlive, contextWindow }: Pick<OllamaOptions, 'keepAlive' | 'contextWindow'> = {},
): Converted {
  const context: RequestContext = { provider, model: request.model, capabilities }
  const { list, warn } = createWarnings()

  // No messages would be a request to load the model, answered with nothing.
  if (request.messages.length === 0) throw cannotSend('messages', 'there must be one at least', context)
  if (request.parallelToolCalls !== undefined) {
    warn('unsupported', 'Ollama leaves the number of calls to the model.', 'parallelToolCalls')
  }
  if (request.user !== undefined) warn('unsupported', 'Ollama knows no users.', 'user')
  if (request.metadata !== undefined) warn('unsupported', 'Ollama keeps no labels.', 'metadata')

  const vendor = toVendorFields(request, context)
  const runtime = { ...toRuntimeOptions(request, contextWindow), ...vendor.runtime }
  const body: OllamaRequest = {
    model: request.model,
    messages: toOllamaMessages(request, provider, warn),
    ...definedOnly({
      tools: toTools(request, context, warn),
      format: toFormat(request, warn),
      think: request.reasoning && toThink(request.reasoning, context, warn),
      keep_alive: keepAlive,
      options: Object.keys(runtime).length === 0 ? undefined : runtime,
    }),
    ...vendor.fields,
  }
  return { body, warnings: list }
}
