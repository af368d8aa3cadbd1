import type { MessageCreateParams, Tool as AnthropicTool, ToolChoice } from '@anthropic-ai/sdk/resources/messages'
import { createWarnings, honouredParameters, InvalidRequestError, toRefusal } from '@llmfb/core/provider'
import type { Capabilities, ChatRequest, JsonObject, Tool, Warn, Warning } from '@llmfb/core/provider'
import { limitBreakpoints } from './cache-breakpoints.ts'
import { canThink } from './can-think.ts'
import { defaultMaxTokens } from './default-max-tokens.ts'
import { toCacheControl } from './to-anthropic-blocks.ts'
import { toAnthropicMessages } from './to-anthropic-messages.ts'
import { toThinking } from './to-thinking.ts'

export interface RequestContext {
  /** Id of this provider: issuer of what is opaque, key into `providerOptions`. */
  readonly provider: string
  readonly capabilities: Capabilities
}

/** What goes over the wire, without `stream`. */
export interface AnthropicRequest {
  readonly body: MessageCreateParams
  readonly warnings: readonly Warning[]
}

/** @throws ProviderError of kind 'invalid-request' for what Anthropic cannot be told, with its path in the message */
export function toAnthropicRequest(request: ChatRequest, context: RequestContext): AnthropicRequest {
  try {
    return convert(request, context)
  } catch (error) {
    throw toRefusal(error, 'Anthropic', { provider: context.provider, model: request.model })
  }
}

function convert(request: ChatRequest, { provider, capabilities }: RequestContext): AnthropicRequest {
  const { list, warn } = createWarnings()
  const honoured = honouredParameters(request, capabilities, 'Anthropic', warn)
  const { system, messages } = toAnthropicMessages(request.messages, request.model, provider, warn)
  const { effort, thinking } = toThinking(honoured.reasoning, request.model, capabilities, warn)
  const thinks = thinking?.type !== 'enabled' || canThink(messages)
  if (!thinks) {
    const told =
      'Anthropic takes no budget in the midst of a turn that began without a thought of its own; it was left out.'
    warn('unsupported', told, 'reasoning.budgetTokens')
  }
  const format = toFormat(request.responseFormat, warn)
  const toolChoice = toToolChoice(request)

  const body: MessageCreateParams = {
    model: request.model,
    max_tokens: honoured.maxTokens ?? capabilities.maxOutputTokens ?? defaultMaxTokens,
    ...(system.length > 0 && { system }),
    messages,
    ...(request.tools && request.tools.length > 0 && { tools: request.tools.map(toTool) }),
    ...(toolChoice && { tool_choice: toolChoice }),
    ...(honoured.stop && honoured.stop.length > 0 && { stop_sequences: [...honoured.stop] }),
    ...(thinking && thinks && { thinking }),
    ...((effort ?? format) && { output_config: { ...(effort && { effort }), ...(format && { format }) } }),
    ...(honoured.user !== undefined && { metadata: { user_id: honoured.user } }),
  }
  limitBreakpoints(body, warn)
  return { body: withOwnOptions(body, request, provider), warnings: list }
}

function toFormat(
  format: ChatRequest['responseFormat'],
  warn: Warn,
): { type: 'json_schema'; schema: JsonObject } | undefined {
  if (!format || format.type === 'text') return undefined
  if (format.type === 'json') {
    throw new InvalidRequestError('responseFormat', "is 'json', which Anthropic does not offer; give it a schema")
  }
  if (format.description !== undefined) {
    warn('unsupported', 'Anthropic takes a description inside the schema only.', 'responseFormat.description')
  }
  if (format.strict === false)
    warn('changed', 'Anthropic always holds the model to the schema.', 'responseFormat.strict')
  return { type: 'json_schema', schema: format.schema }
}

function toTool(tool: Tool): AnthropicTool {
  return {
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    input_schema: { type: 'object', ...tool.parameters },
    ...(tool.strict !== undefined && { strict: tool.strict }),
    ...toCacheControl(tool.cacheBreakpoint),
  }
}

function toToolChoice({ tools, toolChoice, parallelToolCalls }: ChatRequest): ToolChoice | undefined {
  const alone = parallelToolCalls === false && { disable_parallel_tool_use: true }
  if (!tools || tools.length === 0) {
    if (toolChoice === undefined || toolChoice === 'auto' || toolChoice === 'none') return undefined
    throw new InvalidRequestError('toolChoice', 'asks for a tool, and the request has none')
  }
  if (toolChoice === undefined || toolChoice === 'auto') {
    return toolChoice || alone ? { type: 'auto', ...alone } : undefined
  }
  if (toolChoice === 'none') return { type: 'none' }
  if (toolChoice === 'required') return { type: 'any', ...alone }
  return { type: 'tool', name: toolChoice.tool, ...alone }
}

/** Settings that are made of several fields of a request, so that those of one side do not undo the other's. */
const joined = new Set(['output_config', 'metadata'])

/** `providerOptions` of this provider, over everything else. */
function withOwnOptions(body: MessageCreateParams, request: ChatRequest, provider: string): MessageCreateParams {
  const all = request.providerOptions
  if (!all || !Object.hasOwn(all, provider)) return body
  const merged: Record<string, unknown> = { ...body }
  for (const [name, value] of Object.entries(all[provider] ?? {})) {
    const before = merged[name]
    merged[name] = joined.has(name) && isObject(before) && isObject(value) ? { ...before, ...value } : value
  }
  return merged as unknown as MessageCreateParams
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
