import type { JsonObject, ProviderOptions, Timer } from '@llmfb/core/provider'
import type { Exchange } from './exchange.ts'
import { piecesOf, type HttpRequest, type HttpResponse } from './http.ts'
import { readBody } from './read-body.ts'

/** A step of the SDK's way from a command to its answer. */
type Middleware = (next: Next) => Next
type Next = (args: { request: unknown }) => Promise<{ response: unknown }>

/** A command of the SDK. */
export interface SentCommand {
  readonly middlewareStack: object
}

/** Its way, as far as it is changed here: the SDK has one signature for each of its steps. */
interface Steps {
  add(
    middleware: Middleware,
    options: { readonly step: 'build' | 'deserialize'; readonly priority: 'low' | 'high' },
  ): void
}

/** Has `change` see each request of `command` before its length is measured and it is signed. */
export function changeRequest(command: SentCommand, change: (request: HttpRequest) => void): void {
  const middleware: Middleware = (next) => async (args) => {
    change(args.request as HttpRequest)
    return await next(args)
  }
  stepsOf(command).add(middleware, { step: 'build', priority: 'high' })
}

/** Adds fields to the body of `command`, which the SDK has no names for. */
export function addFields(command: SentCommand, more: JsonObject): void {
  if (Object.keys(more).length === 0) return
  changeRequest(command, (request) => {
    const { body } = request
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array)
    // Not parsed, so that what is in it keeps all its digits.
    request.body = `${text.slice(0, text.lastIndexOf('}'))},${JSON.stringify(more).slice(1)}`
  })
}

function stepsOf(command: SentCommand): Steps {
  return command.middlewareStack as Steps
}

/** Most bytes that are read of an error; a page of a proxy can be any size. */
const longestError = 65_536
/** Longest wait for them, in milliseconds: the status alone says enough. */
const errorGraceMs = 5000

/** Gets the body of a stream, which is then read without the SDK. */
export type TakePieces = (pieces: AsyncIterator<Uint8Array>) => void

/**
 * Reads the body in the SDK's stead, and leaves it to the SDK what it means: so every failure on the way has its own
 * kind, and an abort is heeded by whatever is being waited for.
 */
export function takeAnswer(
  command: SentCommand,
  exchange: Exchange,
  headers: ProviderOptions['headers'] = {},
  takePieces?: TakePieces,
): void {
  changeRequest(command, (request) => {
    for (const [name, value] of Object.entries(headers)) request.headers[name.toLowerCase()] = value
  })
  const readAnswer: Middleware = (next) => async (args) => {
    const result = await next(args)
    await replaceBody(result.response as HttpResponse, exchange, takePieces)
    return result
  }
  stepsOf(command).add(readAnswer, { step: 'deserialize', priority: 'low' })
}

async function replaceBody(
  response: HttpResponse,
  exchange: Exchange,
  takePieces: TakePieces | undefined,
): Promise<void> {
  const { statusCode: status, headers } = response
  const answer = { status, headers }
  const pieces = piecesOf(response.body)
  exchange.answered(answer)
  if (takePieces && status < 300 && !/\b(?:json|text)\b/i.test(headers['content-type'] ?? '')) {
    takePieces(pieces)
    response.body = noMessages()
    return
  }
  const body = await (status < 300 ? readBody(pieces, exchange) : readError(pieces, exchange))
  response.body = body
  exchange.answered({
    ...answer,
    // Read where something is wrong, and by facets.
    get text() {
      return new TextDecoder().decode(body)
    },
  })
  if (takePieces && status < 300) throw exchange.failAnswer('the answer is no event stream')
}

/** The bytes of an error, as far as they come: one whose words are cut is still that error. */
async function readError(pieces: AsyncIterator<Uint8Array>, exchange: Exchange): Promise<Uint8Array> {
  let timer: Timer | undefined
  const expired = new Promise<Uint8Array>((resolve) => {
    timer = exchange.clock.schedule(errorGraceMs, () => resolve(new Uint8Array()))
  })
  try {
    return await Promise.race([readBody(pieces, exchange, longestError), expired])
  } catch (error) {
    if (exchange.signal.aborted) throw error
    return new Uint8Array()
  } finally {
    timer?.cancel()
  }
}

/** What the SDK reads of a stream that is read without it. */
async function* noMessages(): AsyncGenerator<Uint8Array, void, undefined> {}
