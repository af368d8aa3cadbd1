import type { WireAnswer } from '@llmfb/conformance'
import type { Behaviour } from '../behaviour.ts'
import { plainPieces } from '../behaviour.ts'
import type { Dialect } from './dialect.ts'

/** A call that is to be answered. */
export interface WireCall {
  readonly model: string
  readonly streamed: boolean
  /** Passes when the time is over, or rejects when the client has left. */
  wait(ms: number): Promise<void>
  /** Never passes, and rejects when the client has left. */
  forever(): Promise<never>
}

const json = { 'content-type': 'application/json' }

/** What a service that behaves so puts on the wire. */
export async function toWireAnswer(
  behaviour: Behaviour,
  dialect: Dialect,
  call: WireCall,
): Promise<WireAnswer & { readonly body: AsyncIterable<string> }> {
  if ('delayMs' in behaviour && behaviour.delayMs !== undefined) await call.wait(behaviour.delayMs)
  if (behaviour.type === 'fail') {
    const { status, retryAfter } = behaviour
    const headers = { ...json, ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) }
    return { status, headers, body: inOne(dialect.failure(status)) }
  }
  // Nothing at all, not even a status, where there are no pieces.
  if (behaviour.type === 'stall' && behaviour.pieces === undefined) await call.forever()
  const cut = behaviour.type === 'half-close' || behaviour.type === 'reset' ? behaviour.type : 'end'
  const { rateLimit } = behaviour as { rateLimit?: { limit: number; remaining: number; resetsInMs: number } }
  const told = rateLimit && dialect.rateLimit?.(rateLimit.limit, rateLimit.remaining, rateLimit.resetsInMs)
  if (call.streamed)
    return { headers: { ...told, 'content-type': dialect.streamType }, body: streamed(behaviour, dialect, call), cut }
  return { headers: { ...told, ...json }, body: whole(behaviour, dialect, call), cut }
}

async function* inOne(text: string): AsyncGenerator<string> {
  yield text
}

async function* whole(behaviour: Behaviour, dialect: Dialect, call: WireCall): AsyncGenerator<string> {
  switch (behaviour.type) {
    case 'answer':
      return yield dialect.whole((behaviour.pieces ?? plainPieces).join(''), behaviour.model ?? call.model)
    case 'twice':
      return yield dialect.whole(behaviour.pieces.join(''), call.model)
    case 'empty':
      return yield dialect.whole('', call.model)
    case 'shapeless':
      return yield '{"type":"surprise","message":"surprise","choices":"surprise"}'
    case 'drip':
    case 'endless':
      if (behaviour.type === 'endless') yield '{"message":"'
      for (;;) {
        yield behaviour.type === 'drip' ? ' ' : 'more '
        await call.wait(behaviour.everyMs)
      }
    default: {
      const half = dialect.whole('half of an answer', call.model)
      yield half.slice(0, half.length / 2)
      if (behaviour.type === 'stall') await call.forever()
    }
  }
}

async function* streamed(behaviour: Behaviour, dialect: Dialect, call: WireCall): AsyncGenerator<string> {
  const model = (behaviour.type === 'answer' ? behaviour.model : undefined) ?? call.model
  if (behaviour.type === 'shapeless') return yield dialect.shapeless
  yield dialect.open(model)
  switch (behaviour.type) {
    case 'drip':
      for (;;) {
        await call.wait(behaviour.everyMs)
        yield dialect.ping
      }
    case 'endless':
      for (;;) {
        yield dialect.piece('more ', model)
        await call.wait(behaviour.everyMs)
      }
    case 'empty':
      return yield dialect.close(model)
    case 'twice':
      yield dialect.open(model)
      for (const text of behaviour.pieces) yield dialect.piece(text, model)
      return yield dialect.close(model) + dialect.close(model)
    default: {
      const { pieces = behaviour.type === 'answer' ? plainPieces : [] } = behaviour as { pieces?: readonly string[] }
      for (const [index, text] of pieces.entries()) {
        if (index > 0 && behaviour.type === 'answer' && behaviour.pieceMs) await call.wait(behaviour.pieceMs)
        yield dialect.piece(text, model)
      }
      if (behaviour.type === 'answer') yield dialect.close(model)
      else if (behaviour.type === 'stall') await call.forever()
    }
  }
}
