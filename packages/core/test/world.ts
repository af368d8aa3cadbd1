// The router loads this on demand; here it is there beforehand, since a fake clock waits for no file.
import '../src/engine/optional.ts'
import '../src/engine/run-embeddings.ts'
import '../src/router/explain.ts'
import { createRouter } from '../src/index.ts'
import type {
  Attempt,
  CallOptions,
  ChatRequest,
  Exclusion,
  FailureKind,
  Ledger,
  Router,
  RouterEvent,
  RouterOptions,
  RoutedResponse,
  RoutedStreamEvent,
} from '../src/index.ts'
import { createFakeClock, createScriptedProvider } from '../src/testing/index.ts'
import type { FakeClock, Reply, ScriptedCall, ScriptedProvider } from '../src/testing/index.ts'

/** A router in virtual time, with a route `chat` unless another is given, and all that it tells. */
export interface World {
  readonly clock: FakeClock
  readonly router: Router
  readonly events: RouterEvent[]
  readonly ask: (request?: Partial<ChatRequest>, options?: CallOptions) => Promise<RoutedResponse>
  /** Reads a stream to its end. */
  readonly read: (request?: Partial<ChatRequest>, options?: CallOptions) => Promise<readonly RoutedStreamEvent[]>
  /** Opens a stream without reading it. */
  readonly open: (request?: Partial<ChatRequest>, options?: CallOptions) => OpenStream
  /** What `work` fails with. */
  readonly errorOf: <E = Error>(work: PromiseLike<unknown>) => PromiseLike<E>
}

/** A stream, which can be left and be thrown into. */
export type OpenStream = Required<AsyncIterator<RoutedStreamEvent, void, undefined>> & AsyncIterable<RoutedStreamEvent>

export const question: ChatRequest = { model: 'chat', messages: [{ role: 'user', content: 'Why the sky?' }] }

/** Makes a world. Every draw of its randomness is a half, so that waits are half of their ceiling. */
export function createWorld(options: Omit<RouterOptions, 'clock'>): World {
  const clock = createFakeClock()
  const events: RouterEvent[] = []
  const router = createRouter({
    random: () => 0.5,
    env: {},
    ...options,
    clock,
    onEvent: (event) => {
      events.push(event)
      options.onEvent?.(event)
    },
  })
  const toRequest = (request: Partial<ChatRequest> = {}): ChatRequest => ({ ...question, ...request })
  const readAll = async (stream: AsyncIterable<RoutedStreamEvent>): Promise<readonly RoutedStreamEvent[]> => {
    const read: RoutedStreamEvent[] = []
    for await (const event of stream) read.push(event)
    return read
  }
  return {
    clock,
    router,
    events,
    ask: (request, callOptions) => clock.run(router.chat(toRequest(request), callOptions)),
    read: (request, callOptions) => clock.run(readAll(router.stream(toRequest(request), callOptions))),
    open: (request, callOptions) => router.stream(toRequest(request), callOptions) as OpenStream,
    errorOf: <E>(work: PromiseLike<unknown>) =>
      work.then(
        () => {
          throw new Error('It was expected to fail and did not.')
        },
        (error: unknown) => error as E,
      ),
  }
}

export type Replies = Reply | readonly Reply[] | ((call: ScriptedCall) => Reply)

/** A provider that answers by script. */
export function scripted(id: string, replies: Replies = {}): ScriptedProvider {
  return createScriptedProvider({ id, replies })
}

/** A reply that fails. */
export function fails(kind: FailureKind, details: Omit<NonNullable<Reply['fail']>, 'kind'> = {}): Reply {
  return { fail: { kind, ...details } }
}

/** A ledger's attempts as short lines: `1 a/m first failure server`. */
export function lines({ attempts }: Pick<Ledger, 'attempts'>): readonly string[] {
  return attempts.map(({ number, target, reason, outcome, kind }: Attempt) =>
    [number, target, reason, outcome, kind].filter((part) => part !== undefined).join(' '),
  )
}

/** A ledger's exclusions as short lines: `a/m circuit-open after 0`. */
export function passedOver({ exclusions }: Pick<Ledger, 'exclusions'>): readonly string[] {
  return exclusions.map(({ target, reason, afterAttempt }: Exclusion) => `${target} ${reason} after ${afterAttempt}`)
}
