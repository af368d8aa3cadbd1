import type {
  FunctionCallingConfig,
  FunctionCallingConfigMode,
  FunctionDeclaration,
  GenerateContentConfig,
  GenerateContentParameters,
} from '@google/genai/web'
import { createWarnings, honouredParameters, InvalidRequestError, toRefusal } from '@llmfb/core/provider'
import type { Capabilities, ChatRequest, JsonObject, Tool, Warn, Warning } from '@llmfb/core/provider'
import { toGoogleContents } from './to-google-contents.ts'
import { toThinking } from './to-thinking.ts'

export interface RequestContext {
  /** Id of this provider: issuer of what is opaque, key into `providerOptions`. */
  readonly provider: string
  readonly capabilities: Capabilities
}

/** What the SDK is given. */
export interface GoogleRequest {
  readonly parameters: GenerateContentParameters & { readonly config: GenerateContentConfig }
  /** `providerOptions` of this provider, which go into the body over everything else. */
  readonly extraBody?: JsonObject
  readonly warnings: readonly Warning[]
}

/** @throws ProviderError of kind 'invalid-request' for what Google cannot be told, with its path in the message */
export function toGoogleRequest(request: ChatRequest, context: RequestContext): GoogleRequest {
  try {
    return convert(request, context)
  } catch (error) {
    throw toRefusal(error, 'Google', { provider: context.provider, model: request.model })
  }
}

function convert(request: ChatRequest, { provider, capabilities }: RequestContext): GoogleRequest {
  const { list, warn } = createWarnings()
  const { model, tools } = request
  const honoured = honouredParameters(request, capabilities, 'Google', warn)
  const { system, contents } = toGoogleContents(request.messages, { model, issuer: provider, warn })
  if (tools && tools.length > 0 && !capabilities.tools) {
    throw new InvalidRequestError('tools', `cannot be used with ${model}, which calls none`)
  }
  const thinkingConfig = toThinking(honoured.reasoning, model, capabilities, warn)
  const functionCallingConfig = toFunctionCalling(request)
  const config: GenerateContentConfig = {
    // The SDK neither calls tools by itself nor reconnects: the router decides what is asked again.
    automaticFunctionCalling: { disable: true },
    automaticContinuation: false,
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    ...(tools && tools.length > 0 && { tools: [{ functionDeclarations: tools.map(toDeclaration) }] }),
    ...(functionCallingConfig && { toolConfig: { functionCallingConfig } }),
    ...(honoured.temperature !== undefined && { temperature: honoured.temperature }),
    ...(honoured.topP !== undefined && { topP: honoured.topP }),
    ...(honoured.topK !== undefined && { topK: honoured.topK }),
    ...(honoured.maxTokens !== undefined && { maxOutputTokens: honoured.maxTokens }),
    ...(honoured.stop && honoured.stop.length > 0 && { stopSequences: [...honoured.stop] }),
    ...(honoured.seed !== undefined && { seed: honoured.seed }),
    ...(honoured.presencePenalty !== undefined && { presencePenalty: honoured.presencePenalty }),
    ...(honoured.frequencyPenalty !== undefined && { frequencyPenalty: honoured.frequencyPenalty }),
    ...(thinkingConfig && { thinkingConfig }),
    ...toFormat(request.responseFormat, warn),
  }
  const all = request.providerOptions
  const extraBody = all && Object.hasOwn(all, provider) ? all[provider] : undefined
  return { parameters: { model, contents, config }, ...(extraBody && { extraBody }), warnings: list }
}

function toFormat(
  format: ChatRequest['responseFormat'],
  warn: Warn,
): Pick<GenerateContentConfig, 'responseMimeType' | 'responseJsonSchema'> {
  if (!format || format.type === 'text') return {}
  const responseMimeType = 'application/json'
  if (format.type === 'json') return { responseMimeType }
  if (format.description !== undefined) {
    warn('unsupported', 'Google takes a description inside the schema only.', 'responseFormat.description')
  }
  if (format.strict === false) warn('changed', 'Google always holds the model to the schema.', 'responseFormat.strict')
  return { responseMimeType, responseJsonSchema: format.schema }
}

function toDeclaration(tool: Tool): FunctionDeclaration {
  const { name, description, parameters: parametersJsonSchema } = tool
  return { name, ...(description !== undefined && { description }), parametersJsonSchema }
}

/** With `VALIDATED` the model may answer in words, and is held to the schemas where it calls. */
function toFunctionCalling({ tools = [], toolChoice }: ChatRequest): FunctionCallingConfig | undefined {
  if (tools.length === 0) {
    if (toolChoice === undefined || toolChoice === 'auto' || toolChoice === 'none') return undefined
    throw new InvalidRequestError('toolChoice', 'asks for a tool, and the request has none')
  }
  const mode = (word: string): FunctionCallingConfig => ({ mode: word as FunctionCallingConfigMode })
  if (toolChoice === 'none') return mode('NONE')
  if (toolChoice === 'required') return mode('ANY')
  if (typeof toolChoice === 'object') return { ...mode('ANY'), allowedFunctionNames: [toolChoice.tool] }
  if (tools.some(({ strict }) => strict)) return mode('VALIDATED')
  return toolChoice === 'auto' ? mode('AUTO') : undefined
}
