import type {
  AssistantPart,
  ChatRequest,
  EmbeddingsRequest,
  JsonSchema,
  Message,
  ReasoningRequest,
  TextPart,
  Tool,
  ToolChoice,
  UserPart,
} from '@llmfb/core/provider'

/** A JSON object of the wire, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>

/** What a request in the words of Converse asks for. */
export function readConverse(model: string, body: Fields): ChatRequest {
  const inference = fieldsOf(body['inferenceConfig'])
  const own = fieldsOf(body['additionalModelRequestFields'])
  const config = fieldsOf(body['toolConfig'])
  const tools = readTools(listOf(config['tools']))
  const toolChoice = readChoice(fieldsOf(config['toolChoice']))
  const format = fieldsOf(fieldsOf(body['outputConfig'])['textFormat'])
  const schema = fieldsOf(fieldsOf(format['structure'])['jsonSchema'])
  const system = marked(listOf(body['system']), (block): TextPart => ({ type: 'text', text: String(block['text']) }))
  return {
    model,
    messages: [
      ...(system.length > 0 ? [{ role: 'system', content: system } as const] : []),
      ...listOf(body['messages']).flatMap(readTurn),
    ],
    ...(tools.length > 0 && { tools }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(typeof schema['schema'] === 'string' && {
      responseFormat: {
        type: 'json-schema',
        schema: JSON.parse(schema['schema']) as JsonSchema,
        name: String(schema['name']),
        ...(typeof schema['description'] === 'string' && { description: schema['description'] }),
      },
    }),
    ...there({
      maxTokens: inference['maxTokens'],
      temperature: inference['temperature'],
      topP: inference['topP'],
      topK: own['top_k'] ?? fieldsOf(own['inferenceConfig'])['topK'],
      stop: inference['stopSequences'],
      metadata: body['requestMetadata'],
      reasoning: readReasoning(own),
    }),
  }
}

/** The makers' own words for how to think. */
function readReasoning(own: Fields): ReasoningRequest | undefined {
  const thinking = fieldsOf(own['thinking'])
  const nova = fieldsOf(own['reasoningConfig'])
  const off = thinking['type'] === 'disabled' || nova['type'] === 'disabled'
  const effort = off
    ? 'none'
    : (fieldsOf(own['output_config'])['effort'] ?? nova['maxReasoningEffort'] ?? own['reasoning_effort'])
  const reasoning = there({ effort, budgetTokens: thinking['budget_tokens'] })
  return Object.keys(reasoning).length === 0 ? undefined : reasoning
}

function readTools(entries: readonly Fields[]): Tool[] {
  return marked(entries, (entry): Tool => {
    const { name, description, inputSchema, strict } = fieldsOf(entry['toolSpec'])
    return {
      name: String(name),
      parameters: fieldsOf(fieldsOf(inputSchema)['json']) as JsonSchema,
      ...there({ description, strict }),
    }
  })
}

function readChoice(choice: Fields): ToolChoice | undefined {
  if (choice['auto']) return 'auto'
  if (choice['any']) return 'required'
  return choice['tool'] ? { tool: String(fieldsOf(choice['tool'])['name']) } : undefined
}

function readTurn({ role, content }: Fields): Message[] {
  const blocks = listOf(content)
  if (role === 'assistant') return [{ role, content: marked(blocks, readAssistantBlock) }]
  const results = blocks.filter((block) => block['toolResult'])
  const others = blocks.filter((block) => !block['toolResult'])
  return [
    ...(results.length > 0 ? [{ role: 'tool', content: results.map(readResult) } as const] : []),
    ...(others.length > 0 ? [{ role: 'user', content: marked(others, readUserBlock) } as const] : []),
  ]
}

function readResult(block: Fields): Extract<Message, { role: 'tool' }>['content'][number] {
  const { toolUseId, content, status } = fieldsOf(block['toolResult'])
  const parts = listOf(content).map(readUserBlock) as TextPart[]
  const isError = status === 'error' && { isError: true }
  return { type: 'tool-result', toolCallId: String(toolUseId), content: parts, ...isError }
}

function readAssistantBlock(block: Fields): AssistantPart {
  if (block['toolUse']) {
    const { toolUseId, name, input } = fieldsOf(block['toolUse'])
    return { type: 'tool-call', id: String(toolUseId), name: String(name), arguments: JSON.stringify(input) }
  }
  if (block['reasoningContent']) {
    const { text, signature } = fieldsOf(fieldsOf(block['reasoningContent'])['reasoningText'])
    return { type: 'reasoning', text: String(text), opaque: { issuer: 'wire', data: String(signature) } }
  }
  return { type: 'text', text: String(block['text']) }
}

function readUserBlock(block: Fields): UserPart {
  if (block['image']) {
    const { format, source } = fieldsOf(block['image'])
    return { type: 'image', image: { data: String(fieldsOf(source)['bytes']), mediaType: `image/${String(format)}` } }
  }
  if (block['document']) {
    const { format, source, name } = fieldsOf(block['document'])
    const mediaType = format === 'pdf' ? 'application/pdf' : `text/${format === 'txt' ? 'plain' : String(format)}`
    return { type: 'file', file: { data: String(fieldsOf(source)['bytes']), mediaType }, filename: String(name) }
  }
  return { type: 'text', text: String(block['text']) }
}

/** What a model of embeddings is asked, in the words of its maker. */
export function readEmbeddings(model: string, body: Fields): EmbeddingsRequest {
  const inputs = (body['texts'] ?? [body['inputText']]) as readonly string[]
  return { model, inputs, ...there({ dimensions: body['dimensions'] ?? body['output_dimension'] }) }
}

/** Blocks as parts, each that a cache point follows with a breakpoint. */
function marked<Part extends object>(blocks: readonly Fields[], read: (block: Fields) => Part): Part[] {
  return blocks.flatMap((block, index) => {
    if (block['cachePoint']) return []
    const { ttl } = fieldsOf(blocks[index + 1]?.['cachePoint'])
    const isMarked = blocks[index + 1]?.['cachePoint'] !== undefined
    return [{ ...read(block), ...(isMarked && { cacheBreakpoint: ttl === undefined ? {} : { ttl } }) }]
  })
}

function there(fields: Fields): Record<string, never> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<string, never>
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}
