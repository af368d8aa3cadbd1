import type { SpokenAnswer, SpokenPart, Told } from '../dialect/wire-dialect.ts'
import type { MockFailure, MockService } from './mock-service.ts'

/** As much of aimock's `LLMock` as is used, so that this package needs none. */
export interface AimockClass {
  new (options: { readonly port: number; readonly host: string; readonly logLevel: 'silent' }): {
    readonly url: string
    start(): Promise<unknown>
    stop(): Promise<unknown>
    clearFixtures(): unknown
    addFixtures(fixtures: AimockFixture[]): unknown
  }
}

/** What aimock is told to answer. */
export interface AimockFixture {
  readonly match: { readonly predicate: () => boolean }
  readonly response: AimockAnswer | AimockError
}

export interface AimockAnswer {
  readonly content: string
  readonly model: string
  readonly finishReason: string
  readonly reasoning?: string
  readonly reasoningSignature?: string
  readonly toolCalls?: { id: string; name: string; arguments: string }[]
  readonly usage?: Record<string, number>
}

export interface AimockError {
  readonly error: { readonly message: string; readonly type?: string; readonly code?: string }
  readonly status: number
}

/** How aimock deviates from a service; see `MockService`. */
export interface AimockOptions {
  readonly tells?: Partial<Told>
  readonly models?: readonly string[]
  /** @default true */
  readonly codes?: boolean
  readonly unfaithful?: Readonly<Record<string, string>>
}

const finishWords = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
} as const

/**
 * `@copilotkit/aimock` as the service. It reads what the provider sent and answers in the words of the API that was
 * asked.
 *
 * @param mock - its class `LLMock`
 */
export function aimock(
  mock: AimockClass,
  { tells, models, codes = true, unfaithful = {} }: AimockOptions = {},
): MockService {
  return {
    name: 'aimock',
    // It drops the details of usage, tells no limits, and makes up its request ids.
    tells: { usage: ['uncachedInputTokens', 'outputTextTokens'], rateLimits: [], ...tells },
    ...(models && { models }),
    codes,
    unfaithful: { 'text.usage': 'it tells usage in any case, if need be 0', ...unfaithful },
    async start() {
      const running = new mock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
      await running.start()
      const answer = (response: AimockFixture['response']): void => {
        running.clearFixtures()
        running.addFixtures([{ match: { predicate: () => true }, response }])
      }
      return {
        url: running.url,
        say: (spoken) => answer(toAnswer(spoken)),
        fail: (failure) => answer(toError(failure)),
        stop: async () => void (await running.stop()),
      }
    },
  }
}

function toAnswer({ model, parts, finish, usage }: SpokenAnswer): AimockAnswer {
  const joined = (type: SpokenPart['type']): string =>
    parts.map((part) => (part.type === type ? part.pieces.join('') : '')).join('')
  const calls = parts.filter((part) => part.type === 'tool-call')
  const reasoning = parts.find((part) => part.type === 'reasoning')
  return {
    model,
    content: joined('text'),
    finishReason: finishWords[finish],
    ...(reasoning && { reasoning: joined('reasoning') }),
    ...(reasoning?.signature !== undefined && { reasoningSignature: reasoning.signature }),
    ...(calls.length > 0 && {
      toolCalls: calls.map(({ id, name, pieces }) => ({ id, name, arguments: pieces.join('') })),
    }),
    ...(usage && { usage: toUsage(usage.uncachedInputTokens, usage.outputTextTokens) }),
  }
}

/** Each API takes its own words out of these. */
function toUsage(input: number, output: number): Record<string, number> {
  const total = input + output
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total,
    input_tokens: input,
    output_tokens: output,
    promptTokenCount: input,
    candidatesTokenCount: output,
    totalTokenCount: total,
  }
}

function toError({ status, ...error }: MockFailure): AimockError {
  return { status, error }
}
