import type {
  Asked,
  SpokenAnswer,
  SpokenFailure,
  SpokenPart,
  StreamedFailure,
  WireAnswer,
  WireDialect,
  WireRequest,
} from '@llmfb/conformance'
import type { FailureKind, Usage } from '@llmfb/core/provider'
import { event, exception, undeclaredError } from './event-stream.ts'
import { readConverse, readEmbeddings, type Fields } from './read-converse.ts'

const json = { 'content-type': 'application/json' }
const stopReasons = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'guardrail_intervened',
} as const

/** The models that are asked: for embeddings the service has models of their own. */
interface SpokenModels {
  readonly model: string
  readonly embeddingModel: string
}

/** Bedrock's Converse and ConverseStream. */
export function bedrockConverse({ model, embeddingModel }: SpokenModels): WireDialect {
  return {
    name: 'bedrock-converse',
    framing: 'binary',
    tells: {
      usage: ['uncachedInputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'outputTextTokens'],
      reasoning: 'signed',
      toolCallIds: true,
      toolArguments: 'object',
      finish: ['stop', 'length', 'tool-calls', 'content-filter'],
      rateLimits: [],
      servedModel: model,
    },
    readRequest(request) {
      const asked = readRequest(request)
      if (asked.type !== 'embeddings' || asked.request.model !== embeddingModel) return asked
      return { ...asked, request: { ...asked.request, model } }
    },
    requestIdHeader: 'x-amzn-requestid',

    answer(spoken) {
      const content = spoken.parts.map(toBlock)
      const body = {
        metrics: { latencyMs: 5 },
        output: { message: { content, role: 'assistant' } },
        stopReason: stopReasons[spoken.finish],
        ...(spoken.usage && { usage: toTokens(spoken.usage) }),
      }
      return { headers: { ...json, ...headersOf(spoken) }, body: JSON.stringify(body) }
    },

    stream(spoken) {
      return {
        headers: { 'content-type': 'application/vnd.amazon.eventstream', ...headersOf(spoken) },
        events: [
          event('messageStart', { p: 'ab', role: 'assistant' }),
          ...spoken.parts.flatMap(toEvents),
          event('messageStop', { p: 'abc', stopReason: stopReasons[spoken.finish] }),
          event('metadata', {
            metrics: { latencyMs: 5 },
            p: 'abcd',
            ...(spoken.usage && { usage: toTokens(spoken.usage) }),
          }),
        ],
      }
    },

    frame: (data) => event('contentBlockDelta', data),
    noise: [event('anEventOfTomorrow', { weather: { sky: 'blue' } })],
    failures: {
      server: [failure(500, 'InternalServerException'), failure(424, 'ModelErrorException'), page(500), page(502)],
      overloaded: [failure(503, 'ServiceUnavailableException'), page(503)],
      timeout: [failure(408, 'ModelTimeoutException'), page(504)],
      'rate-limit': [failure(429, 'ThrottlingException')],
      quota: [
        failure(400, 'ServiceQuotaExceededException'),
        failure(429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again. '),
      ],
      authentication: [
        failure(403, 'UnrecognizedClientException'),
        failure(403, 'ExpiredTokenException'),
        failure(403, 'AccessDeniedException', 'Authentication failed: Please make sure your API Key is valid. '),
      ],
      permission: [failure(403, 'AccessDeniedException')],
      'model-not-found': [
        failure(404, 'ResourceNotFoundException'),
        failure(400, 'ValidationException', 'The provided model identifier is invalid. '),
      ],
      'context-length': [failure(400, 'ValidationException', 'Input is too long for requested model. ')],
      'content-filter': [failure(400, 'ValidationException', 'Output blocked by content filtering policy ')],
      'invalid-request': [failure(400, 'ValidationException')],
      warming: [failure(429, 'ModelNotReadyException')],
    },
    failuresWithin200: [
      {
        name: 'overloaded',
        kind: 'overloaded',
        body: (message) => JSON.stringify({ __type: 'ServiceUnavailableException', message }),
      },
    ],
    failuresWithinStream: [
      within('internalServerException', 'server'),
      within('modelStreamErrorException', 'server'),
      within('serviceUnavailableException', 'overloaded'),
      within('throttlingException', 'rate-limit'),
      within('validationException', 'invalid-request'),
      { name: 'undeclared', kind: 'server', event: (message) => undeclaredError('InternalFailure', message) },
    ],
    facets: {
      embeddings: answerEmbeddings,
      models: (ids, { path }) => {
        const list = path.startsWith('/foundation-models')
          ? { modelSummaries: [] }
          : { inferenceProfileSummaries: ids.map((inferenceProfileId) => ({ inferenceProfileId })) }
        return { headers: json, body: JSON.stringify(list) }
      },
      tokens: (inputTokens) => ({ headers: json, body: JSON.stringify({ inputTokens }) }),
      health: () => ({ headers: json, body: '{"asyncInvokeSummaries":[]}' }),
    },
  }
}

function readRequest({ path, headers, body }: WireRequest): Asked {
  const apiKey = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1]
  const keyed = apiKey === undefined ? {} : { apiKey }
  const [, id = '', operation] = /^\/model\/([^/]+)\/([a-z-]+)$/.exec(path) ?? []
  const model = decodeURIComponent(id)
  const fields = body as Fields
  switch (operation) {
    case 'converse':
      return { ...keyed, type: 'chat', stream: false, request: readConverse(model, fields) }
    case 'converse-stream':
      return { ...keyed, type: 'chat', stream: true, request: readConverse(model, fields) }
    case 'count-tokens':
      return {
        ...keyed,
        type: 'tokens',
        request: readConverse(model, (fields['input'] as Fields)['converse'] as Fields),
      }
    case 'invoke':
      return { ...keyed, type: 'embeddings', request: readEmbeddings(model, fields) }
    default:
      return { ...keyed, type: /^\/(?:foundation-models|inference-profiles)/.test(path) ? 'models' : 'other' }
  }
}

function toBlock(part: SpokenPart): object {
  const joined = part.pieces.join('')
  if (part.type === 'text') return { text: joined }
  if (part.type === 'reasoning') {
    const signature = part.signature !== undefined && { signature: part.signature }
    return { reasoningContent: { reasoningText: { text: joined, ...signature } } }
  }
  const input: unknown = joined === '' ? {} : JSON.parse(joined)
  return { toolUse: { toolUseId: part.id, name: part.name, input } }
}

/** Text and reasoning begin with their first delta; tools have a start. */
function toEvents(part: SpokenPart, index: number): Uint8Array[] {
  const place = { contentBlockIndex: index, p: 'abcde' }
  const delta = (content: object): Uint8Array => event('contentBlockDelta', { ...place, delta: content })
  const stop = event('contentBlockStop', place)
  if (part.type === 'text') return [...part.pieces.map((text) => delta({ text })), stop]
  if (part.type === 'reasoning') {
    const { pieces, signature } = part
    const signed = signature === undefined ? [] : [delta({ reasoningContent: { signature } })]
    return [...pieces.map((text) => delta({ reasoningContent: { text } })), ...signed, stop]
  }
  const { id: toolUseId, name } = part
  const start = event('contentBlockStart', { ...place, start: { toolUse: { toolUseId, name } } })
  return [start, ...part.pieces.map((input) => delta({ toolUse: { input } })), stop]
}

function toTokens(usage: Usage): object {
  const { uncachedInputTokens, cacheReadTokens, cacheWriteTokens, outputTextTokens, reasoningTokens } = usage
  const outputTokens = outputTextTokens + reasoningTokens
  return {
    inputTokens: uncachedInputTokens,
    outputTokens,
    totalTokens: uncachedInputTokens + cacheReadTokens + cacheWriteTokens + outputTokens,
    cacheReadInputTokens: cacheReadTokens,
    cacheWriteInputTokens: cacheWriteTokens,
  }
}

function headersOf({ requestId }: SpokenAnswer): Readonly<Record<string, string>> {
  return requestId === undefined ? {} : { 'x-amzn-requestid': requestId }
}

/** `lead` are the words that the service begins with, where they alone tell the kind. */
function failure(status: number, type: string, lead = ''): SpokenFailure {
  const name = [status, type, lead.trim().split(' ').slice(0, 4).join(' ')].filter(Boolean).join(' ')
  const headers = { ...json, 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/` }
  return { name, status, code: type, headers, body: (message) => JSON.stringify({ message: lead + message }) }
}

/** What a proxy in front of the service answers. */
function page(status: number): SpokenFailure {
  const body = (message: string): string => `<html><body><h1>${status}</h1>\n<p>${message}</p></body></html>`
  return { name: `${status} as a page`, status, headers: { 'content-type': 'text/html' }, body }
}

function within(type: string, kind: FailureKind): StreamedFailure {
  return { name: type, kind, event: (message) => exception(type, { message }) }
}

/** What a model of Cohere answers. */
function answerEmbeddings(vectors: readonly (readonly number[])[], _request: WireRequest, tokens: number): WireAnswer {
  const headers = { ...json, 'x-amzn-bedrock-input-token-count': String(tokens) }
  return { headers, body: JSON.stringify({ embeddings: { float: vectors }, response_type: 'embeddings_by_type' }) }
}
