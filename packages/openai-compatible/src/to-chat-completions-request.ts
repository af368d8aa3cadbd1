import type { ChatRequest, JsonObject, ResponseFormat, Tool, ToolChoice, Warning } from '@llmfb/core/provider'
import type OpenAI from 'openai'
import { limitBreakpoints } from './limit-breakpoints.ts'
import { cannotSend, type Conversion, type RequestContext } from './request-context.ts'
import { toToolBreakpoint } from './to-breakpoint.ts'
import { toChatMessages } from './to-chat-messages.ts'
import { writeParameters } from './to-parameters.ts'
import { isRecord } from './wire.ts'

export interface ChatCompletionsRequest {
  /** The SDK's parameters; dialects and `providerOptions` may have added fields that its types do not know. */
  readonly body: OpenAI.ChatCompletionCreateParams
  readonly warnings: readonly Warning[]
  /** What goes out as headers of this call; absent where there is nothing such. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The request as the SDK takes it. A parameter that cannot be honoured is left out with a warning; messages, tools and
 * formats are never left out.
 *
 * @throws ProviderError of kind `invalid-request` that names the path of what cannot be sent
 */
export function toChatCompletionsRequest(
  request: ChatRequest,
  stream: boolean,
  context: RequestContext,
): ChatCompletionsRequest {
  const { capabilities, dialect, provider } = context
  const conversion: Conversion = { ...context, model: request.model, warnings: [] }
  const body: Record<string, unknown> = {
    model: request.model,
    messages: toChatMessages(request.messages, conversion),
  }
  writeParameters(request, body, conversion)
  if (request.tools !== undefined && request.tools.length > 0) {
    if (!capabilities.tools) throw cannotSend('tools', 'the model calls no tools', conversion)
    body['tools'] = request.tools.map((tool) => toTool(tool, conversion))
  }
  limitBreakpoints(body, conversion)
  if (request.toolChoice !== undefined) writeToolChoice(request.toolChoice, body)
  if (request.responseFormat !== undefined) writeResponseFormat(request.responseFormat, body, conversion)
  const { headers, options } = takeHeaders(request.providerOptions?.[provider] ?? {}, conversion)
  for (const field of ['model', 'messages', 'stream']) {
    if (!Object.hasOwn(options, field)) continue
    throw cannotSend(`providerOptions.${provider}.${field}`, 'the request itself says it', conversion)
  }
  Object.assign(body, dialect.body, options)
  if (stream) {
    body['stream'] = true
    if (dialect.includeUsage !== false) {
      const own = body['stream_options']
      body['stream_options'] = { include_usage: true, ...(isRecord(own) ? own : {}) }
    }
  }
  return {
    body: body as unknown as OpenAI.ChatCompletionCreateParams,
    warnings: conversion.warnings,
    ...(headers && { headers }),
  }
}

/** Parts what goes out as headers from what goes into the body. */
function takeHeaders(
  all: JsonObject,
  conversion: Conversion,
): { readonly headers?: Record<string, string>; readonly options: JsonObject } {
  const { dialect, provider } = conversion
  const names = Object.entries(dialect.headerOptions ?? {}).filter(([name]) => Object.hasOwn(all, name))
  if (names.length === 0) return { options: all }
  const headers: Record<string, string> = {}
  for (const [name, header] of names) {
    const value = all[name]
    if (typeof value !== 'string' || !/^[\x20-\x7e]*$/.test(value)) {
      throw cannotSend(
        `providerOptions.${provider}.${name}`,
        'it goes out as a header, and is no text in ASCII',
        conversion,
      )
    }
    headers[header] = value
  }
  const taken = new Set(names.map(([name]) => name))
  return { headers, options: Object.fromEntries(Object.entries(all).filter(([name]) => !taken.has(name))) }
}

function toTool(tool: Tool, conversion: Conversion): OpenAI.ChatCompletionFunctionTool {
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description === undefined ? {} : { description: tool.description }),
      parameters: tool.parameters,
      ...(tool.strict === undefined ? {} : { strict: tool.strict }),
    },
    ...toToolBreakpoint(tool.cacheBreakpoint, conversion),
  }
}

function writeToolChoice(choice: ToolChoice, body: Record<string, unknown>): void {
  if (typeof choice === 'object') body['tool_choice'] = { type: 'function', function: { name: choice.tool } }
  // Without tools `auto` and `none` change nothing, and OpenAI refuses the field; `required` is left for it to refuse.
  else if (body['tools'] !== undefined || choice === 'required') body['tool_choice'] = choice
}

function writeResponseFormat(format: ResponseFormat, body: Record<string, unknown>, conversion: Conversion): void {
  if (format.type === 'text') return
  if (!conversion.capabilities.responseFormats.includes(format.type)) {
    throw cannotSend('responseFormat', `the model has no format '${format.type}'`, conversion)
  }
  if (format.type === 'json') {
    body['response_format'] = { type: 'json_object' }
    return
  }
  body['response_format'] = {
    type: 'json_schema',
    json_schema: {
      name: format.name ?? 'response',
      ...(format.description === undefined ? {} : { description: format.description }),
      schema: format.schema,
      strict: format.strict ?? true,
    },
  }
}
