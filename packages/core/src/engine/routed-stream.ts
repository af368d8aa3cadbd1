import { rootKind } from '../errors/root-kind.ts'
import { isRouteFailedError } from '../errors/route-failed-error.ts'
import type { ProviderError } from '../errors/provider-error.ts'
import { StreamInterruptedError } from '../errors/stream-interrupted-error.ts'
import type { RoutedFinishEvent, RoutedStreamEvent } from '../provider/routed.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { FinishEvent, StreamEvent } from '../provider/stream-event.ts'
import { Collector } from '../stream/collector.ts'
import { isContent } from '../stream/is-content.ts'
import { failureOf } from './failure-of.ts'
import { loadedParts } from './loaded-parts.ts'
import type { CommittedStream } from './open-stream.ts'
import { closeUpstream, isEvent, openStream, toMalformed, toTruncated } from './open-stream.ts'
import type { ActiveAttempt, AttemptOwner } from './active-attempt.ts'
import type { Recovery } from './recovery.ts'
import type { Operation } from './run-attempts.ts'
import { AttemptLoop } from './run-attempts.ts'
import type { Run } from './run.ts'

type Result = IteratorResult<RoutedStreamEvent, void>

const done: IteratorReturnResult<void> = { done: true, value: undefined }

const stream: Operation<CommittedStream, CommittedStream> = {
  call: openStream,
  accept: (_, committed) => committed,
  discard: closeUpstream,
}

/**
 * A request run as a stream: from the first content on, the answer belongs to one target. What its failure means then is
 * the route's choice: the stream ends with what was delivered, or another target goes on, or begins anew. Written by hand
 * rather than as a generator, which would queue `return` behind a read that waits, and cost several promises an event.
 */
export class RoutedStream implements AsyncIterableIterator<RoutedStreamEvent, void, undefined>, AttemptOwner {
  readonly #signal: AbortSignal | undefined
  readonly #begin: () => Run | Promise<Run>
  #delivered = new Collector()
  /** Events that are there already. */
  readonly #queue: StreamEvent[] = []
  #run: Run | undefined
  /** As the caller asked it. */
  #request: ChatRequest | undefined
  #loop: AttemptLoop<CommittedStream, CommittedStream> | undefined
  #committed: CommittedStream | undefined
  /** Attempts that the reader was told of, or saw content of. */
  #told = 0
  #recovery: Recovery | undefined
  #ended = false
  /** What broke the stream while nobody was reading; the next read is told. */
  #brokenBy: { readonly error: unknown } | undefined
  /** Reads under way; they are served one after the other. */
  #reads = 0
  #lastRead: Promise<Result> = Promise.resolve(done)

  /** @param begin starts the run, at the first read */
  constructor(signal: AbortSignal | undefined, begin: () => Run | Promise<Run>) {
    this.#signal = signal
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
    const reason = new DOMException('The reader left the stream', 'AbortError')
    this.#loop?.leave(reason)
    if (this.#committed) this.#leave(this.#committed, reason)
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
    if (event !== undefined && !this.#ended) return Promise.resolve(this.#deliver(event))
    if (this.#ended) {
      this.#reads--
      return Promise.resolve(done)
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
    this.#signal?.addEventListener('abort', this.#onCallerAbort, { once: true })
    const run = await this.#begin()
    this.#run = run
    this.#request = run.request
    this.#loop = new AttemptLoop(run, stream)
    const opening = this.#loop.next(run.startedAt)
    // Whoever reads may have left while the run was being prepared.
    if (this.#ended) this.#loop.leave(undefined)
    return opening
  }

  readonly #onCallerAbort = (): void => {
    const reason: unknown = this.#signal?.reason
    this.#loop?.leave(reason)
    this.#committed?.attempt.guard.end(reason)
  }

  readonly #onOpen = (committed: CommittedStream): Promise<Result> => {
    const { attempt, held } = committed
    this.#committed = committed
    attempt.owner = this
    if (this.#ended) this.#leave(committed, undefined)
    const { attempts } = this.#run as Run
    const news = attempts.slice(this.#told).filter(({ outcome }) => outcome === 'failure')
    this.#told = attempts.length
    for (const failed of news) this.#queue.push({ type: 'attempt-failed', attempt: failed })
    const reset = this.#recovery?.reset
    if (reset !== undefined) {
      this.#delivered = new Collector()
      this.#queue.push({ type: 'reset', attempt: reset })
    }
    this.#queue.push(...held)
    return this.#read()
  }

  readonly #onOpenError = (error: unknown): Result => {
    this.#reads--
    if (this.#ended) return done
    this.#ended = true
    this.#letGo()
    const { broken } = this.#recovery ?? {}
    if (broken === undefined || !isRouteFailedError(error)) throw error
    throw this.#toInterrupted(broken)
  }

  readonly #onEvent = (result: IteratorResult<StreamEvent>): Promise<Result> | Result => {
    if (this.#ended) return this.#onError(undefined)
    const { attempt } = this.#committed as CommittedStream
    if (result?.done === true) return this.#onError(toTruncated(attempt))
    const event = result?.value
    if (!isEvent(event)) return this.#onError(toMalformed(attempt))
    if (event.type === 'reset') {
      // A route within begins its answer anew. Who reads this one may not know of such a thing: then the stream broke.
      const { policy } = (this.#run as Run).route
      if (policy.afterCommit !== 'restart') {
        return this.#onError(failureOf(attempt.target, 'truncated', 'it began its answer anew'))
      }
      this.#delivered = new Collector()
    }
    if (isContent(event) || event.type === 'reset') attempt.content()
    else if (event.type === 'usage') attempt.other()
    else if (event.type !== 'finish') return this.#read() // carries nothing for the reader
    return this.#deliver(event)
  }

  readonly #onError = (error: unknown): Promise<Result> | Result => {
    if (!this.#ended) {
      try {
        const recovered = this.#fail(error)
        if (recovered !== undefined) return recovered
      } catch (thrown) {
        this.#reads--
        throw thrown
      }
    }
    this.#reads--
    return done
  }

  /** A clock ran out or the caller left. A read that waits learns it by itself. */
  failed(_: ActiveAttempt, reason: unknown): void {
    if (this.#reads > 0 || this.#ended) return
    try {
      void this.#fail(reason)
    } catch (error) {
      this.#brokenBy = { error }
    }
  }

  /** The reader left a stream that was not at its end. */
  #leave({ attempt }: CommittedStream, reason: unknown): void {
    if (attempt.settled) return
    attempt.abort(reason)
    this.#run?.ended('aborted', this.#run.now())
    this.#letGo()
  }

  /** The stream broke: another target goes on, or begins anew, if the route wants that and it can be done. */
  #fail(error: unknown): Promise<Result> | undefined {
    const committed = this.#committed as CommittedStream
    const { attempt } = committed
    const run = this.#run as Run
    const { leaver } = run
    if (leaver !== undefined && attempt.guard.expired === undefined) {
      this.#ended = true
      this.#leave(committed, leaver.reason)
      throw leaver.reason
    }
    attempt.fail(error)
    const failure = attempt.failure as ProviderError
    // Whoever is to go on after content has the parts for it.
    const parts = run.route.policy.afterCommit === 'error' ? undefined : loadedParts(run)
    this.#recovery = parts?.recover(run, this.#request as ChatRequest, this.#delivered, failure)
    if (this.#recovery === undefined) {
      this.#ended = true
      this.#letGo()
      run.ended('failed', run.now(), rootKind(failure))
      throw this.#toInterrupted(failure)
    }
    this.#told = run.attempts.length
    closeUpstream(committed)
    this.#committed = undefined
    const again = (this.#loop as AttemptLoop<CommittedStream, CommittedStream>).next(run.now(), attempt)
    return again.then(this.#onOpen, this.#onOpenError)
  }

  #toInterrupted(failure: ProviderError): StreamInterruptedError {
    const run = this.#run as Run
    const { text, content } = this.#delivered
    return new StreamInterruptedError(failure, { text, content }, run.ledger(run.now()))
  }

  #deliver(event: StreamEvent): Promise<Result> | Result {
    if (event.type === 'finish') {
      this.#reads--
      return { done: false, value: this.#finish(event) }
    }
    const joined = this.#recovery === undefined ? event : this.#recovery.join(event)
    if (joined === undefined) return this.#read()
    this.#reads--
    if (joined.type !== 'usage') {
      this.#delivered.add(joined)
      return { done: false, value: joined } as Result
    }
    const { attempt } = this.#committed as CommittedStream
    attempt.usage = joined.usage
    // The newest counts, so that it must count what was used before its call too.
    const usage = this.#recovery?.usageOfAll(joined.usage)
    return { done: false, value: usage ? { ...joined, usage } : joined }
  }

  #finish(event: FinishEvent): RoutedFinishEvent {
    this.#ended = true
    const { attempt } = this.#committed as CommittedStream
    const run = this.#run as Run
    const used = event.usage ?? attempt.usage
    const usage = this.#recovery === undefined ? used : this.#recovery.usageOfAll(used)
    const now = attempt.succeed({ ...event, usage: used })
    run.ended('succeeded', now)
    this.#letGo()
    const warnings = [...attempt.warnings, ...(this.#recovery?.warnings ?? [])]
    return {
      ...event,
      ...(usage === undefined ? {} : { usage }),
      warnings: warnings.length === 0 ? event.warnings : [...warnings, ...event.warnings],
      ...run.ledger(now),
    }
  }

  /** Leaves nothing behind: no listener, no provider's stream. */
  #letGo(): void {
    this.#signal?.removeEventListener('abort', this.#onCallerAbort)
    if (this.#committed !== undefined) closeUpstream(this.#committed)
    this.#queue.length = 0
  }
}
