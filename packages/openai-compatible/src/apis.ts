import type { ChatRequest, ChatResponse, StreamEvent, Warning } from '@llmfb/core/provider'
import type { ServerSentEvent } from '@llmfb/transport'
import type OpenAI from 'openai'
import type { AnswerContext } from './answer-context.ts'
import { fromChatCompletion } from './from-chat-completion.ts'
import { fromChatCompletionsStream } from './from-chat-completions-stream.ts'
import { fromResponse } from './from-response.ts'
import { fromResponsesStream } from './from-responses-stream.ts'
import type { RequestContext } from './request-context.ts'
import { toChatCompletionsRequest } from './to-chat-completions-request.ts'
import { toResponsesRequest } from './to-responses-request.ts'

/** Under which of its APIs a service is asked for an answer. */
export type ApiName = 'chat-completions' | 'responses'

interface Api {
  toRequest(request: ChatRequest, stream: boolean, context: RequestContext): ApiRequest
  /** Sends what `toRequest` made. */
  create(client: OpenAI, body: object, options: OpenAI.RequestOptions): Promise<Response>
  readAnswer(body: unknown, context: AnswerContext): ChatResponse
  readStream(
    events: AsyncGenerator<ServerSentEvent, unknown, undefined>,
    context: AnswerContext,
  ): AsyncIterator<StreamEvent, void, undefined>
}

interface ApiRequest {
  readonly body: object
  readonly warnings: readonly Warning[]
  readonly headers?: Readonly<Record<string, string>>
}

export const apis: Readonly<Record<ApiName, Api>> = {
  'chat-completions': {
    toRequest: toChatCompletionsRequest,
    create: (client, body, options) => {
      return client.chat.completions.create(body as OpenAI.ChatCompletionCreateParams, options).asResponse()
    },
    readAnswer: fromChatCompletion,
    readStream: fromChatCompletionsStream,
  },
  responses: {
    toRequest: toResponsesRequest,
    create: (client, body, options) => {
      return client.responses.create(body as OpenAI.Responses.ResponseCreateParams, options).asResponse()
    },
    readAnswer: fromResponse,
    readStream: fromResponsesStream,
  },
}
