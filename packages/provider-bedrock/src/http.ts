import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime'

/** What the SDK sends its requests through, as far as it is used here. */
export interface RequestHandler {
  readonly metadata: { readonly handlerProtocol: string }
  handle(
    request: HttpRequest,
    options?: { readonly abortSignal?: AbortSignal | undefined },
  ): Promise<{ readonly response: HttpResponse }>
  destroy(): void
  updateHttpClientConfig(): void
  httpHandlerConfigs(): object
}

/** What goes over the wire, signed. */
export interface HttpRequest {
  readonly protocol: string
  hostname: string
  readonly port?: number
  path: string
  query: Record<string, string | string[] | null>
  readonly method: string
  readonly headers: Record<string, string>
  body?: unknown
}

/** What comes back, its body not yet read. */
export interface HttpResponse {
  readonly statusCode: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  body: unknown
}

/** What the SDK's client takes for its handler. */
export type SdkRequestHandler = NonNullable<BedrockRuntimeClientConfig['requestHandler']>

/** The pieces of a body, whichever handler it came through. */
export function piecesOf(body: unknown): AsyncIterator<Uint8Array> {
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body) {
    return (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  }
  return onePiece(body instanceof Uint8Array ? body : new Uint8Array())
}

async function* onePiece(piece: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (piece.length > 0) yield piece
}
