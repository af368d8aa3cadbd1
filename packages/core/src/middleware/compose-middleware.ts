import type { ChatRequest } from '../provider/request.ts'
import type { RoutedResponse, RoutedStreamEvent } from '../provider/routed.ts'
import type { Middleware, MiddlewareContext } from './middleware.ts'

/** What runs requests. Neither function throws: an answer rejects, and a stream does at its first read. */
export interface Handlers {
  readonly chat: (request: ChatRequest, context: MiddlewareContext) => Promise<RoutedResponse>
  readonly stream: (request: ChatRequest, context: MiddlewareContext) => AsyncIterable<RoutedStreamEvent>
}

/** Puts middlewares around `innermost`, the first outermost. Without any it is `innermost` itself. */
export function composeMiddleware(middlewares: readonly Middleware[], innermost: Handlers): Handlers {
  return middlewares.reduceRight(wrap, innermost)
}

function wrap(inner: Handlers, middleware: Middleware): Handlers {
  const chat = middleware.chat?.bind(middleware)
  const stream = middleware.stream?.bind(middleware)
  return {
    // An async function also rejects with what is thrown at once.
    chat: chat ? async (request, context) => chat(request, (next) => inner.chat(next, context), context) : inner.chat,
    stream: stream
      ? (request, context) => {
          try {
            return stream(request, (next) => inner.stream(next, context), context)
          } catch (error) {
            return rejected(error)
          }
        }
      : inner.stream,
  }
}

/** A stream whose reads reject. */
function rejected(error: unknown): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }
}
