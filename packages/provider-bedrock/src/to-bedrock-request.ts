import type { ConverseRequest, OutputConfig } from '@aws-sdk/client-bedrock-runtime'
import { createWarnings, honouredParameters, InvalidRequestError, toRefusal } from '@llmfb/core/provider'
import type { Capabilities, ChatRequest, JsonObject, JsonValue, Warn, Warning } from '@llmfb/core/provider'
import { createCachePoints, isCachePoint, limitCachePoints } from './cache-points.ts'
import { canThink } from './can-think.ts'
import { vendorOf } from './model-traits.ts'
import { toBedrockMessages } from './to-bedrock-messages.ts'
import { toReasoningFields } from './to-reasoning.ts'
import { toToolConfig } from './to-tool-config.ts'
import { isObject } from './wire.ts'

export interface RequestContext {
  /** Id of this provider: issuer of what is opaque, key into `providerOptions`. */
  readonly provider: string
  readonly capabilities: Capabilities
}

/** What the SDK is given, for whole answers and streams alike. */
export interface BedrockRequest {
  readonly input: ConverseRequest
  /** Fields of the body that the SDK does not know and would leave out without a word. */
  readonly more: JsonObject
  readonly warnings: readonly Warning[]
}

/** @throws ProviderError of kind 'invalid-request' for what the service cannot be told, with its path in the message */
export function toBedrockRequest(request: ChatRequest, context: RequestContext): BedrockRequest {
  try {
    return convert(request, context)
  } catch (error) {
    throw toRefusal(error, 'Amazon Bedrock', { provider: context.provider, model: request.model })
  }
}

function convert(request: ChatRequest, { provider, capabilities }: RequestContext): BedrockRequest {
  const { list, warn } = createWarnings()
  const { model } = request
  const honoured = honouredParameters(request, capabilities, 'Amazon Bedrock', warn)
  const toCachePoint = createCachePoints(model, capabilities, warn)
  const conversion = { issuer: { provider, model }, toCachePoint, warn }
  const { system, messages } = toBedrockMessages(request.messages, conversion)
  const toolConfig = toToolConfig(request, toCachePoint, warn)
  limitCachePoints({ tools: toolConfig?.tools ?? [], system, messages }, capabilities.cacheBreakpoints, warn)

  const inferenceConfig = {
    ...(honoured.maxTokens !== undefined && { maxTokens: honoured.maxTokens }),
    ...(honoured.temperature !== undefined && { temperature: honoured.temperature }),
    ...(honoured.topP !== undefined && { topP: honoured.topP }),
    ...(honoured.stop && honoured.stop.length > 0 && { stopSequences: [...honoured.stop] }),
  }
  const { thinking, ...reasoning } = toReasoningFields(honoured.reasoning, model, capabilities, warn)
  const isByBudget = isObject(thinking) && thinking['type'] === 'enabled'
  const thinks = !isByBudget || canThink(messages)
  if (!thinks) {
    const told =
      'Claude takes no budget in the midst of a turn that began without a thought of its own; it was left out.'
    warn('unsupported', told, 'reasoning.budgetTokens')
  }
  const additionalModelRequestFields = {
    ...(honoured.topK !== undefined && toTopK(honoured.topK, model)),
    ...(thinking !== undefined && thinks && { thinking }),
    ...reasoning,
  }
  const outputConfig = toOutputConfig(request.responseFormat, warn)
  const { metadata } = honoured

  const input: ConverseRequest = {
    modelId: model,
    messages,
    ...(system.some((block) => !isCachePoint(block)) && { system }),
    ...(hasFields(inferenceConfig) && { inferenceConfig }),
    ...(toolConfig && { toolConfig }),
    ...(hasFields(additionalModelRequestFields) && {
      additionalModelRequestFields: additionalModelRequestFields as NonNullable<never>,
    }),
    ...(outputConfig && { outputConfig }),
    ...(metadata && hasFields(metadata) && { requestMetadata: { ...metadata } }),
  }
  return { ...withOwnOptions(input, request, provider), warnings: list }
}

/** The Converse API has no such parameter, and each maker its own name for it. */
function toTopK(topK: number, model: string): JsonObject {
  return vendorOf(model) === 'amazon' ? { inferenceConfig: { topK } } : { top_k: topK }
}

function toOutputConfig(format: ChatRequest['responseFormat'], warn: Warn): OutputConfig | undefined {
  if (!format || format.type === 'text') return undefined
  if (format.type === 'json') {
    throw new InvalidRequestError('responseFormat', "is 'json', which Amazon Bedrock does not offer; give it a schema")
  }
  if (format.strict === false) {
    warn('changed', 'Amazon Bedrock always holds the model to the schema.', 'responseFormat.strict')
  }
  const { name = 'response', description } = format
  const schema = JSON.stringify(format.schema)
  const jsonSchema = { schema, name, ...(description !== undefined && { description }) }
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } }
}

function hasFields(value: object): boolean {
  return Object.keys(value).length > 0
}

/** Settings that are made of several fields of a request, so that those of one side do not undo the other's. */
const joined = new Set([
  'additionalModelRequestFields',
  'inferenceConfig',
  'outputConfig',
  'requestMetadata',
  'toolConfig',
])

/** What the SDK sends of a request. */
const known = new Set([
  ...joined,
  'additionalModelResponseFieldPaths',
  'guardrailConfig',
  'messages',
  'modelId',
  'performanceConfig',
  'promptVariables',
  'serviceTier',
  'system',
])

/** `providerOptions` of this provider, over everything else. */
function withOwnOptions(
  input: ConverseRequest,
  request: ChatRequest,
  provider: string,
): Pick<BedrockRequest, 'input' | 'more'> {
  const all = request.providerOptions
  const more: Record<string, JsonValue> = {}
  const merged: Record<string, unknown> = { ...input }
  const own = all && Object.hasOwn(all, provider) ? (all[provider] ?? {}) : {}
  for (const [name, value] of Object.entries(own)) {
    const before = merged[name]
    if (!known.has(name)) more[name] = value
    else merged[name] = joined.has(name) && isObject(before) && isObject(value) ? { ...before, ...value } : value
  }
  return { input: merged as unknown as ConverseRequest, more }
}
