import type { Asked, WireRequest } from '@llmfb/conformance'
import type {
  AssistantPart,
  ChatRequest,
  Media,
  Message,
  ReasoningRequest,
  TextPart,
  Tool,
  ToolChoice,
  ToolResultPart,
  UserPart,
} from '@llmfb/core/provider'

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** What a request in the words of the Gemini API asks for. */
export function readGeminiRequest(request: WireRequest): Asked {
  const apiKey = request.headers['x-goog-api-key']
  const keyed = apiKey === undefined ? {} : { apiKey }
  const [, model = '', method = ''] = /^\/v1beta\/models\/(.+):(\w+)(?:\?.*)?$/.exec(request.path) ?? []
  const body = fieldsOf(request.body)
  switch (method) {
    case 'generateContent':
      return { ...keyed, type: 'chat', stream: false, request: readContents(body, model) }
    case 'streamGenerateContent':
      return { ...keyed, type: 'chat', stream: request.path.endsWith('?alt=sse'), request: readContents(body, model) }
    case 'countTokens': {
      const counted = fieldsOf(body['generateContentRequest'])
      return {
        ...keyed,
        type: 'tokens',
        request: readContents(counted, textOf(counted['model']).replace('models/', '')),
      }
    }
    case 'batchEmbedContents': {
      const requests = listOf(body['requests'])
      const dimensions = requests[0]?.['outputDimensionality']
      const inputs = requests.map(({ content }) =>
        textsOf(content)
          .map(({ text }) => text)
          .join(''),
      )
      return {
        ...keyed,
        type: 'embeddings',
        request: { model, inputs, ...(typeof dimensions === 'number' && { dimensions }) },
      }
    }
    default:
      return { ...keyed, type: /^\/v1beta\/models(?:\?.*)?$/.test(request.path) ? 'models' : 'other' }
  }
}

function readContents(body: Fields, model: string): ChatRequest {
  const config = fieldsOf(body['generationConfig'])
  const system = textsOf(body['systemInstruction'])
  const tools = listOf(body['tools']).flatMap((tool) => listOf(tool['functionDeclarations']).map(readTool))
  const toolChoice = readChoice(fieldsOf(fieldsOf(body['toolConfig'])['functionCallingConfig']))
  const parameters = {
    temperature: config['temperature'],
    topP: config['topP'],
    topK: config['topK'],
    maxTokens: config['maxOutputTokens'],
    stop: config['stopSequences'],
    seed: config['seed'],
    presencePenalty: config['presencePenalty'],
    frequencyPenalty: config['frequencyPenalty'],
    reasoning: readThinking(fieldsOf(config['thinkingConfig'])),
  }
  return {
    model,
    messages: [
      ...(system.length > 0 ? [{ role: 'system', content: system } as const] : []),
      ...listOf(body['contents']).map(readTurn),
    ],
    ...(tools.length > 0 && { tools }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(config['responseMimeType'] === 'application/json' && {
      responseFormat:
        config['responseJsonSchema'] === undefined
          ? { type: 'json' }
          : { type: 'json-schema', schema: fieldsOf(config['responseJsonSchema']) as never },
    }),
    ...(Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined)) as object),
  }
}

const effortOfBudget: Readonly<Record<number, ReasoningRequest['effort']>> = {
  0: 'none',
  1024: 'low',
  8192: 'medium',
  24_576: 'high',
}

function readThinking({ thinkingLevel, thinkingBudget }: Fields): ReasoningRequest | undefined {
  if (typeof thinkingLevel === 'string') return { effort: thinkingLevel.toLowerCase() as 'low' }
  if (typeof thinkingBudget !== 'number') return undefined
  const effort = effortOfBudget[thinkingBudget]
  return effort === undefined ? { budgetTokens: thinkingBudget } : { effort, budgetTokens: thinkingBudget }
}

function readTool({ name, description, parametersJsonSchema }: Fields): Tool {
  return {
    name: textOf(name),
    ...(typeof description === 'string' && { description }),
    parameters: fieldsOf(parametersJsonSchema) as Tool['parameters'],
  }
}

function readChoice({ mode, allowedFunctionNames: names }: Fields): ToolChoice | undefined {
  if (mode === 'NONE') return 'none'
  if (mode === 'ANY') return Array.isArray(names) ? { tool: textOf(names[0]) } : 'required'
  return mode === 'AUTO' || mode === 'VALIDATED' ? 'auto' : undefined
}

function textsOf(content: unknown): TextPart[] {
  return listOf(fieldsOf(content)['parts']).map(({ text }) => ({ type: 'text', text: textOf(text) }))
}

function readTurn({ role, parts }: Fields): Message {
  const all = listOf(parts)
  if (role === 'model') return { role: 'assistant', content: all.map(readModelPart) }
  if (all.some(({ functionResponse }) => functionResponse !== undefined)) {
    return { role: 'tool', content: all.map(({ functionResponse }) => readResult(fieldsOf(functionResponse))) }
  }
  return { role: 'user', content: all.map(readUserPart) }
}

function readModelPart(part: Fields): AssistantPart {
  const { functionCall, text, thought, thoughtSignature } = part
  const opaque = typeof thoughtSignature === 'string' ? { opaque: { issuer: 'wire', data: thoughtSignature } } : {}
  if (functionCall !== undefined) {
    const { id, name, args } = fieldsOf(functionCall)
    return { type: 'tool-call', id: textOf(id), name: textOf(name), arguments: JSON.stringify(args), ...opaque }
  }
  return { type: thought === true ? 'reasoning' : 'text', text: textOf(text), ...opaque }
}

function readResult({ id, name, response }: Fields): ToolResultPart {
  const { output, error } = fieldsOf(response)
  return {
    type: 'tool-result',
    toolCallId: textOf(id),
    toolName: textOf(name),
    content: textOf(error ?? output),
    ...(error !== undefined && { isError: true }),
  }
}

function readUserPart(part: Fields): UserPart {
  const { text, inlineData, fileData } = part
  if (inlineData === undefined && fileData === undefined) return { type: 'text', text: textOf(text) }
  const { mimeType: inlineType, data } = fieldsOf(inlineData)
  const { fileUri, mimeType = inlineType } = fieldsOf(fileData)
  const media: Media =
    fileUri === undefined ? { data: textOf(data), mediaType: textOf(mimeType) } : { url: textOf(fileUri) }
  return textOf(mimeType).startsWith('image/') ? { type: 'image', image: media } : { type: 'file', file: media }
}
