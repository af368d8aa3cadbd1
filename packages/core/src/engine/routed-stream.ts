import { rootKind } from '../errors/root-kind.ts'
import { StreamInterruptedError } from '../errors/stream-interrupted-error.ts'
import type { RoutedFinishEvent, RoutedStreamEvent } from '../provider/routed.ts'
import type { FinishEvent, StreamEvent } from '../provider/stream-event.ts'
import { Collector } from '../stream/collector.ts'
import { isContent } from '../stream/is-content.ts'
import type { CommittedStream } from './open-stream.ts'
import { closeUpstream, isEvent, openStream, toMalformed, toTruncated } from './open-stream.ts'
import type { Operation } from './run-attempts.ts'
import { runAttempts } from './run-attempts.ts'
import type { Run } from './run.ts'

type Result = IteratorResult<RoutedStreamEvent, void>

const done: IteratorReturnResult<void> = { done: true, value: undefined }

const stream: Operation<CommittedStream, CommittedStream> = {
  call: openStream,
  accept: (_, committed) => committed,
}

/**
 * A request run as a stream: from the first content on, the answer belongs to one target, and its failure ends the
 * stream with what was delivered. Written by hand rather than as a generator, which would queue `return` behind a read
 * that waits, and cost several promises an event.
 */
export class RoutedStream implements AsyncIterableIterator<RoutedStreamEvent, void, undefined> {
  readonly #callerSignal: AbortSignal | undefined
  readonly #begin: (signal: AbortSignal) => Run
  readonly #controller = new AbortController()
  readonly #delivered = new Collector()
  /** Events that are there already. */
  readonly #queue: StreamEvent[] = []
  #run: Run | undefined
  #committed: CommittedStream | undefined
  #ended = false
  /** What broke the stream while nobody was reading; the next read is told. */
  #brokenBy: { readonly error: unknown } | undefined
  /** Reads under way; they are served one after the other. */
  #reads = 0
  #lastRead: Promise<Result> = Promise.resolve(done)

  /** @param begin starts the run, at the first read, with a signal that aborts when the caller does or the reader leaves */
  constructor(callerSignal: AbortSignal | undefined, begin: (signal: AbortSignal) => Run) {
    this.#callerSignal = callerSignal
    this.#begin = begin
  }

  next(): Promise<Result> {
    this.#lastRead = this.#reads++ === 0 ? this.#read() : this.#lastRead.then(this.#readNext, this.#readNext)
    return this.#lastRead
  }

  /** The reader leaves: whatever is under way ends, down to the provider's socket. */
  return(): Promise<Result> {
    if (this.#ended) return Promise.resolve(done)
    this.#ended = true
    // First the signal, so that a read that waits is woken; then the settlement.
    this.#controller.abort(new DOMException('The reader left the stream', 'AbortError'))
    if (this.#committed) this.#leave(this.#committed)
    this.#letGo()
    return Promise.resolve(done)
  }

  async throw(error: unknown): Promise<Result> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  readonly #readNext = (): Promise<Result> => this.#read()

  #read(): Promise<Result> {
    if (this.#brokenBy !== undefined) {
      const { error } = this.#brokenBy
      this.#brokenBy = undefined
      this.#reads--
      return Promise.reject(error)
    }
    const event = this.#queue.shift()
    if (this.#ended || event !== undefined) {
      this.#reads--
      return Promise.resolve(this.#ended || event === undefined ? done : this.#deliver(event))
    }
    const { attempt, iterator } = this.#committed ?? {}
    if (attempt === undefined || iterator === undefined) return this.#open().then(this.#onOpen, this.#onOpenError)
    attempt.awaitContent()
    try {
      return attempt.guard.race(iterator.next()).then(this.#onEvent, this.#onError)
    } catch (error) {
      return Promise.resolve(error).then(this.#onError)
    }
  }

  /** Begins the request and runs it up to the first content. */
  async #open(): Promise<CommittedStream> {
    const signal = this.#callerSignal
    if (signal?.aborted === true) this.#onCallerAbort()
    else signal?.addEventListener('abort', this.#onCallerAbort, { once: true })
    this.#run = this.#begin(this.#controller.signal)
    return runAttempts(this.#run, stream)
  }

  readonly #onCallerAbort = (): void => this.#controller.abort(this.#callerSignal?.reason)

  readonly #onOpen = (committed: CommittedStream): Promise<Result> => {
    this.#committed = committed
    committed.attempt.guard.onEnd = this.#onGuardEnd
    if (this.#ended) this.#leave(committed)
    for (const attempt of this.#run?.attempts ?? []) this.#queue.push({ type: 'attempt-failed', attempt })
    this.#queue.push(...committed.held)
    return this.#read()
  }

  readonly #onOpenError = (error: unknown): Result => {
    this.#reads--
    if (this.#ended) return done
    this.#ended = true
    this.#letGo()
    throw error
  }

  readonly #onEvent = (result: IteratorResult<StreamEvent>): Promise<Result> | Result => {
    if (this.#ended) return this.#onError(undefined)
    const { attempt } = this.#committed as CommittedStream
    if (result?.done === true) return this.#onError(toTruncated(attempt))
    const event = result?.value
    if (!isEvent(event)) return this.#onError(toMalformed(attempt))
    if (isContent(event) || event.type === 'usage') attempt.content()
    else if (event.type !== 'finish') return this.#read() // carries nothing for the reader
    this.#reads--
    return this.#deliver(event)
  }

  readonly #onError = (error: unknown): Result => {
    this.#reads--
    return this.#ended ? done : this.#fail(error)
  }

  /** A clock ran out or the caller left. A read that waits learns it by itself. */
  readonly #onGuardEnd = (reason: unknown): void => {
    if (this.#reads > 0 || this.#ended) return
    try {
      this.#fail(reason)
    } catch (error) {
      this.#brokenBy = { error }
    }
  }

  /** The reader left a stream that was not at its end. */
  #leave({ attempt }: CommittedStream): void {
    if (attempt.settled) return
    attempt.abort()
    this.#run?.ended('aborted', this.#run.now())
    this.#letGo()
  }

  #fail(error: unknown): never {
    this.#ended = true
    const { attempt } = this.#committed as CommittedStream
    const run = this.#run as Run
    try {
      const { failure } = attempt.fail(error)
      run.ended('failed', run.now(), rootKind(failure))
      const { text, content } = this.#delivered
      throw new StreamInterruptedError(failure, { text, content }, run.ledger(run.now()))
    } finally {
      this.#letGo()
    }
  }

  #deliver(event: StreamEvent): Result {
    if (event.type === 'finish') return { done: false, value: this.#finish(event) }
    if (event.type === 'usage') (this.#committed as CommittedStream).attempt.usage = event.usage
    else this.#delivered.add(event)
    return { done: false, value: event }
  }

  #finish(event: FinishEvent): RoutedFinishEvent {
    this.#ended = true
    const { attempt } = this.#committed as CommittedStream
    const run = this.#run as Run
    const usage = event.usage ?? attempt.usage
    const now = attempt.succeed({ ...event, usage })
    run.ended('succeeded', now)
    this.#letGo()
    const { warnings } = attempt
    return {
      ...event,
      ...(usage === undefined ? {} : { usage }),
      warnings: warnings.length === 0 ? event.warnings : [...warnings, ...event.warnings],
      ...run.ledger(now),
    }
  }

  /** Leaves nothing behind: no listener, no provider's stream. */
  #letGo(): void {
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort)
    if (this.#committed !== undefined) closeUpstream(this.#committed)
    this.#queue.length = 0
  }
}
