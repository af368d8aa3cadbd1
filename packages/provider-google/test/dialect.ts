import type { Asked, SpokenAnswer, SpokenFailure, SpokenPart, WireDialect } from '@llmfb/conformance'
import type { Usage } from '@llmfb/core/provider'
import { readGeminiRequest } from './read-request.ts'

// How the Gemini API says things on the wire. The shapes are those of its API description and of what it really answered.

const json = { 'content-type': 'application/json; charset=UTF-8' }
const finishWords = { stop: 'STOP', length: 'MAX_TOKENS', 'tool-calls': 'STOP', 'content-filter': 'SAFETY' } as const

export function geminiDialect(): WireDialect {
  return {
    name: 'gemini',
    framing: 'server-sent-events',
    tells: {
      usage: ['uncachedInputTokens', 'cacheReadTokens', 'outputTextTokens', 'reasoningTokens'],
      reasoning: 'signed',
      toolCallIds: true,
      toolArguments: 'object',
      finish: ['stop', 'length', 'tool-calls', 'content-filter'],
      rateLimits: [],
    },
    readRequest: (request): Asked => readGeminiRequest(request),

    answer(spoken) {
      const parts = spoken.parts.flatMap((part) => partsOf({ ...part, pieces: [part.pieces.join('')] }))
      return { headers: json, body: JSON.stringify(answerOf(spoken, parts, true), null, 2) }
    },

    stream(spoken) {
      const pieces = spoken.parts.flatMap(partsOf)
      return {
        headers: { 'content-type': 'text/event-stream', 'content-disposition': 'attachment' },
        // The last piece comes with the reason for the end.
        events: pieces.map((piece, at) => event(answerOf(spoken, [piece], at === pieces.length - 1))),
      }
    },

    frame: (data) =>
      data
        .split('\n')
        .map((line) => `data: ${line}\n`)
        .join('') + '\n',
    noise: [': a comment\n\n', ':\n', 'retry: 1000\n\n', 'id: 7\n\n', '\n\n', event({ ofTomorrow: { sky: 'blue' } })],
    failures: {
      server: [failure(500, 'INTERNAL'), page(500), page(502)],
      overloaded: [failure(503, 'UNAVAILABLE'), page(503)],
      timeout: [failure(504, 'DEADLINE_EXCEEDED'), page(504)],
      'rate-limit': [
        failure(429, 'RESOURCE_EXHAUSTED'),
        failure(429, 'RESOURCE_EXHAUSTED', {
          details: [quotaFailure('GenerateRequestsPerMinutePerProjectPerModel', '15'), retryInfo('17s')],
        }),
      ],
      quota: [
        failure(429, 'RESOURCE_EXHAUSTED', {
          details: [quotaFailure('GenerateRequestsPerDayPerProjectPerModel', '50')],
        }),
        failure(429, 'RESOURCE_EXHAUSTED', { lead: 'Your prepayment credits are depleted. ' }),
      ],
      authentication: [
        failure(400, 'INVALID_ARGUMENT', { reason: 'API_KEY_INVALID' }),
        failure(401, 'UNAUTHENTICATED'),
      ],
      permission: [
        failure(403, 'PERMISSION_DENIED'),
        failure(403, 'PERMISSION_DENIED', { reason: 'SERVICE_DISABLED' }),
        failure(400, 'FAILED_PRECONDITION'),
      ],
      'model-not-found': [failure(404, 'NOT_FOUND')],
      'context-length': [
        failure(400, 'INVALID_ARGUMENT', {
          lead: 'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576). ',
        }),
      ],
      'content-filter': [
        {
          name: '200 promptFeedback',
          status: 200,
          code: 'PROHIBITED_CONTENT',
          headers: json,
          body: (message) =>
            JSON.stringify({
              promptFeedback: { blockReason: 'PROHIBITED_CONTENT', blockReasonMessage: message },
              usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 },
              modelVersion: 'gemini-2.5-flash',
            }),
        },
      ],
      'invalid-request': [failure(400, 'INVALID_ARGUMENT')],
      warming: 'its models are always loaded',
    },
    failuresWithin200: [
      { name: 'error', kind: 'overloaded', body: (text) => JSON.stringify(errorOf(503, 'UNAVAILABLE', text)) },
      { name: 'list', kind: 'server', body: (text) => JSON.stringify([errorOf(500, 'INTERNAL', text)]) },
      { name: 'no candidates', kind: 'empty', body: () => '{"usageMetadata":{"promptTokenCount":4},"candidates":[]}' },
    ],
    failuresWithinStream: [
      { name: 'overloaded', kind: 'overloaded', event: (text) => event(errorOf(503, 'UNAVAILABLE', text)) },
      { name: 'rate limit', kind: 'rate-limit', event: (text) => event(errorOf(429, 'RESOURCE_EXHAUSTED', text)) },
      { name: 'server error', kind: 'server', event: (text) => event(errorOf(500, 'INTERNAL', text)) },
      {
        name: 'blocked',
        kind: 'content-filter',
        event: () => event({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 4 } }),
      },
    ],
    facets: {
      embeddings: (vectors, _request, inputTokens) => ({
        headers: json,
        body: JSON.stringify({
          embeddings: vectors.map((values) => ({ values })),
          usageMetadata: { promptTokenCount: inputTokens },
        }),
      }),
      models: (ids) => ({
        headers: json,
        body: JSON.stringify({
          models: ids.map((id) => ({
            name: `models/${id}`,
            version: '001',
            displayName: id,
            inputTokenLimit: 1_048_576,
            outputTokenLimit: 65_536,
            supportedGenerationMethods: ['generateContent', 'countTokens'],
          })),
        }),
      }),
      tokens: (count) => ({
        headers: json,
        body: JSON.stringify({ totalTokens: count, promptTokensDetails: [{ modality: 'TEXT', tokenCount: count }] }),
      }),
      health: () => ({ headers: json, body: '{"models":[]}' }),
    },
  }
}

type Fields = Readonly<Record<string, unknown>>

export function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

function answerOf(spoken: SpokenAnswer, parts: readonly Fields[], isLast: boolean): Fields {
  const finishReason = isLast ? { finishReason: finishWords[spoken.finish] } : {}
  return {
    candidates: [{ content: { parts, role: 'model' }, ...finishReason, index: 0 }],
    ...(spoken.usage && { usageMetadata: usageOf(spoken.usage) }),
    modelVersion: spoken.model,
    responseId: 'n1P6abvRFaKdz7IPkcuQ2Aw',
  }
}

function partsOf(part: SpokenPart): Fields[] {
  if (part.type === 'text') return part.pieces.map((text) => ({ text }))
  if (part.type === 'reasoning') {
    const { pieces, signature } = part
    return pieces.map((text, at) => ({
      text,
      thought: true,
      ...(at === pieces.length - 1 && signature !== undefined && { thoughtSignature: signature }),
    }))
  }
  const { id, name } = part
  return [{ functionCall: { id, name, args: JSON.parse(part.pieces.join('')) as unknown } }]
}

function usageOf(usage: Usage): Fields {
  const promptTokenCount = usage.uncachedInputTokens + usage.cacheReadTokens
  const candidatesTokenCount = usage.outputTextTokens
  const thoughtsTokenCount = usage.reasoningTokens
  return {
    promptTokenCount,
    candidatesTokenCount,
    totalTokenCount: promptTokenCount + candidatesTokenCount + thoughtsTokenCount,
    cachedContentTokenCount: usage.cacheReadTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: promptTokenCount }],
    thoughtsTokenCount,
  }
}

export function errorOf(code: number, status: string, message: string, details: readonly Fields[] = []): Fields {
  return { error: { code, message, status, ...(details.length > 0 && { details }) } }
}

export function quotaFailure(quotaId: string, quotaValue: string): Fields {
  const quotaMetric = 'generativelanguage.googleapis.com/generate_content_free_tier_requests'
  return {
    '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
    violations: [
      { quotaMetric, quotaId, quotaDimensions: { location: 'global', model: 'gemini-2.5-pro' }, quotaValue },
    ],
  }
}

export function retryInfo(retryDelay: string): Fields {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }
}

interface Form {
  readonly details?: readonly Fields[]
  readonly reason?: string
  readonly lead?: string
}

/** `lead` are the words that the service begins with, where they alone tell the kind. */
function failure(status: number, word: string, { details = [], reason, lead = '' }: Form = {}): SpokenFailure {
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }
  const all = [...(reason === undefined ? [] : [info]), ...details]
  return {
    name: [status, reason ?? word, ...all.map((detail) => JSON.stringify(detail).slice(0, 80)), lead.slice(0, 30)].join(
      ' ',
    ),
    status,
    code: reason ?? word,
    headers: json,
    body: (message) => JSON.stringify(errorOf(status, word, lead + message, all), null, 2),
  }
}

/** What a proxy in front of the service answers. */
function page(status: number): SpokenFailure {
  const body = (message: string): string => `<html><body><h1>${status}</h1>\n<p>${message}</p></body></html>`
  return { name: `${status} as a page`, status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body }
}
