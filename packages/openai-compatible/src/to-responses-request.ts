import type { ChatRequest, ParameterSupport, ResponseFormat, Tool, Warning } from '@llmfb/core/provider'
import type OpenAI from 'openai'
import type { ChatCompletionsDialect } from './dialect.ts'
import { limitBreakpoints } from './limit-breakpoints.ts'
import { cannotSend, type Conversion, type RequestContext } from './request-context.ts'
import { writeParameters } from './to-parameters.ts'
import { toResponsesInput } from './to-responses-input.ts'
import { isRecord } from './wire.ts'

export interface ResponsesRequest {
  /** The SDK's parameters; `providerOptions` may have added fields that its types do not know. */
  readonly body: OpenAI.Responses.ResponseCreateParams
  readonly warnings: readonly Warning[]
}

/** What OpenAI refuses to go below (its description of the API, `max_output_tokens`). */
const fewestTokensOfOpenAI = 16

/**
 * The request as the Responses API takes it. The service keeps nothing of it (`store: false`), and hands out reasoning
 * encrypted, so that the history stays with the caller; `providerOptions` may say otherwise. A parameter that cannot be
 * honoured is left out with a warning; messages, tools and formats are never left out.
 *
 * @throws ProviderError of kind `invalid-request` that names the path of what cannot be sent
 */
export function toResponsesRequest(request: ChatRequest, stream: boolean, context: RequestContext): ResponsesRequest {
  const { capabilities, provider } = context
  const conversion: Conversion = {
    ...context,
    model: request.model,
    warnings: [],
    capabilities: { ...capabilities, parameters: withoutForeign(capabilities.parameters) },
    dialect: toResponsesDialect(context.dialect),
  }
  const body: Record<string, unknown> = {
    model: request.model,
    ...toResponsesInput(request.messages, conversion),
    store: false,
  }
  if (capabilities.reasoning || capabilities.parameters.reasoning) body['include'] = ['reasoning.encrypted_content']
  writeParameters(request, body, conversion)
  raiseMaxTokens(body, conversion)
  if (request.tools !== undefined && request.tools.length > 0) {
    if (!capabilities.tools) throw cannotSend('tools', 'the model calls no tools', conversion)
    body['tools'] = request.tools.map(toTool)
  }
  const { toolChoice } = request
  if (typeof toolChoice === 'object') body['tool_choice'] = { type: 'function', name: toolChoice.tool }
  // Without tools `auto` and `none` change nothing; `required` is left for the service to refuse.
  else if (toolChoice !== undefined && (body['tools'] !== undefined || toolChoice === 'required')) {
    body['tool_choice'] = toolChoice
  }
  if (request.responseFormat !== undefined) writeFormat(request.responseFormat, body, conversion)
  limitBreakpoints(body, conversion)
  addOwnOptions(request.providerOptions?.[provider] ?? {}, body, conversion)
  if (stream) body['stream'] = true
  return { body, warnings: conversion.warnings }
}

/** The Responses API has no such parameters for any model. */
function withoutForeign(support: ParameterSupport): ParameterSupport {
  const {
    topK: _k,
    stop: _stop,
    seed: _seed,
    presencePenalty: _presence,
    frequencyPenalty: _frequency,
    ...own
  } = support
  return own
}

function toResponsesDialect(dialect: ChatCompletionsDialect): ChatCompletionsDialect {
  return {
    ...dialect,
    maxTokensField: 'max_tokens',
    renamedFields: { max_tokens: 'max_output_tokens', user: 'safety_identifier', ...dialect.renamedFields },
    reasoning: (effort) => (effort === undefined ? {} : { reasoning: { effort } }),
    mustNotReason: () => false,
  }
}

function raiseMaxTokens(body: Record<string, unknown>, { dialect, name, warnings }: Conversion): void {
  const { fewestOutputTokens: fewest = fewestTokensOfOpenAI } = dialect
  const asked = body['max_output_tokens']
  if (typeof asked !== 'number' || asked >= fewest) return
  body['max_output_tokens'] = fewest
  const message = `${name} takes no fewer than ${fewest} tokens; that many were sent.`
  warnings.push({ type: 'changed', parameter: 'maxTokens', message })
}

/** Unless it is told, this API is strict, and refuses schemas that Chat Completions takes. */
function toTool(tool: Tool): OpenAI.Responses.FunctionTool {
  const { name, description, parameters, strict = false } = tool
  return { type: 'function', name, ...(description !== undefined && { description }), parameters, strict }
}

function writeFormat(format: ResponseFormat, body: Record<string, unknown>, conversion: Conversion): void {
  if (format.type === 'text') return
  if (!conversion.capabilities.responseFormats.includes(format.type)) {
    throw cannotSend('responseFormat', `the model has no format '${format.type}'`, conversion)
  }
  if (format.type === 'json') {
    body['text'] = { format: { type: 'json_object' } }
    return
  }
  const { name = 'response', description, schema, strict = true } = format
  body['text'] = {
    format: { type: 'json_schema', name, ...(description !== undefined && { description }), schema, strict },
  }
}

/** `reasoning` and `text` are completed, so that a summary or a verbosity can be asked for beside effort and format. */
function addOwnOptions(
  options: Readonly<Record<string, unknown>>,
  body: Record<string, unknown>,
  conversion: Conversion,
): void {
  for (const [field, value] of Object.entries(options)) {
    if (['model', 'input', 'instructions', 'stream'].includes(field)) {
      throw cannotSend(`providerOptions.${conversion.provider}.${field}`, 'the request itself says it', conversion)
    }
    const known = body[field]
    const merges = (field === 'reasoning' || field === 'text') && isRecord(known) && isRecord(value)
    body[field] = merges ? { ...known, ...value } : value
  }
}
