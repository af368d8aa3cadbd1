import type { Clock, Logger } from '../provider/call-options.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { RoutedResponse, RoutedStreamEvent } from '../provider/routed.ts'

/** What a middleware may use besides the request. */
export interface MiddlewareContext {
  /** The caller's. */
  readonly signal: AbortSignal | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Wraps requests, before a route is chosen for them. `next` passes on, with the request it is given, to the middleware
 * behind and at last to the route; it may be called never, once, or again.
 */
export interface Middleware {
  readonly name: string
  chat?(
    request: ChatRequest,
    next: (request: ChatRequest) => Promise<RoutedResponse>,
    context: MiddlewareContext,
  ): Promise<RoutedResponse>
  stream?(
    request: ChatRequest,
    next: (request: ChatRequest) => AsyncIterable<RoutedStreamEvent>,
    context: MiddlewareContext,
  ): AsyncIterable<RoutedStreamEvent>
}
