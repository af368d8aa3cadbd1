import type { FailureKind } from '../errors/failure-kind.ts'
import type { Attempt, Exclusion } from '../provider/ledger.ts'

/** What happens inside a router, as it happens. `request` numbers the requests of one router, from 1. */
export type RouterEvent =
  | { readonly type: 'target-unavailable'; readonly target: string; readonly route: string; readonly reason: string }
  | { readonly type: 'request-started'; readonly request: number; readonly route: string; readonly stream: boolean }
  | { readonly type: 'target-excluded'; readonly request: number; readonly exclusion: Exclusion }
  | { readonly type: 'retry-scheduled'; readonly request: number; readonly target: string; readonly waitMs: number }
  | {
      readonly type: 'attempt-started'
      readonly request: number
      readonly number: number
      readonly target: string
      /** As in the ledger. */
      readonly key?: string
      readonly reason: Attempt['reason']
    }
  | {
      readonly type: 'stream-committed'
      readonly request: number
      readonly target: string
      readonly firstContentMs: number
    }
  | { readonly type: 'attempt-succeeded'; readonly request: number; readonly attempt: Attempt }
  | { readonly type: 'attempt-failed'; readonly request: number; readonly attempt: Attempt }
  | { readonly type: 'attempt-aborted'; readonly request: number; readonly attempt: Attempt }
  | { readonly type: 'attempt-outraced'; readonly request: number; readonly attempt: Attempt }
  /** `target` is a provider's id where the circuit is that of its endpoint. */
  | { readonly type: 'circuit-opened'; readonly target: string; readonly openMs: number }
  | { readonly type: 'circuit-half-opened'; readonly target: string }
  | { readonly type: 'circuit-closed'; readonly target: string }
  | { readonly type: 'circuit-isolated'; readonly target: string }
  /** Requests that are running keep the routes they began with. */
  | { readonly type: 'reloaded'; readonly generation: number }
  | { readonly type: 'reload-rejected'; readonly generation: number; readonly problem: string }
  /** A route's own calls times those of the routes within it are many. */
  | { readonly type: 'attempts-multiply'; readonly route: string; readonly attempts: number }
  | { readonly type: 'request-succeeded'; readonly request: number; readonly route: string; readonly latencyMs: number }
  | {
      readonly type: 'request-failed'
      readonly request: number
      readonly route: string
      readonly kind: FailureKind
      readonly latencyMs: number
    }
  | { readonly type: 'request-aborted'; readonly request: number; readonly route: string; readonly latencyMs: number }

export type RouterListener = (event: RouterEvent) => void

/** Passes events on to whoever listens. `emit` is undefined while nobody does, so that no event is even made. */
export class EventChannel {
  readonly #listeners = new Set<RouterListener>()
  readonly #onError: (error: unknown) => void
  emit: RouterListener | undefined

  /** @param onError told what a listener threw, or a promise of it was rejected with; a listener never disturbs a request */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: RouterListener): () => void {
    const own: RouterListener = (event) => listener(event)
    this.#listeners.add(own)
    this.#update()
    return () => {
      this.#listeners.delete(own)
      this.#update()
    }
  }

  #update(): void {
    this.emit = this.#listeners.size === 0 ? undefined : (event) => this.#deliver(event)
  }

  #deliver(event: RouterEvent): void {
    for (const listener of this.#listeners) {
      try {
        const returned: unknown = listener(event)
        ;(returned as Partial<PromiseLike<unknown>> | undefined)?.then?.(undefined, this.#onError)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
