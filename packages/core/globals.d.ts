/**
 * The few globals core may use, all of which exist on Node 20, Bun, Deno and edge runtimes alike.
 * Declared here rather than taken from the `dom` library or `@types/node`, so that using anything else is a type error.
 */

interface EventLike {
  readonly type: string
}

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: (event: EventLike) => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: (event: EventLike) => void): void
  throwIfAborted(): void
}
declare var AbortSignal: {
  prototype: AbortSignal
  abort(reason?: unknown): AbortSignal
  any(signals: Iterable<AbortSignal>): AbortSignal
  timeout(milliseconds: number): AbortSignal
}

interface AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}
declare var AbortController: { prototype: AbortController; new (): AbortController }

interface DOMException extends Error {
  readonly name: string
  readonly message: string
}
declare var DOMException: { prototype: DOMException; new (message?: string, name?: string): DOMException }

/** A number in browsers and edge runtimes, an object with `unref` on Node. */
type TimerHandle = number | { ref?(): unknown; unref?(): unknown }
declare function setTimeout(callback: () => void, milliseconds?: number): TimerHandle
declare function clearTimeout(handle: TimerHandle | undefined): void
declare function setInterval(callback: () => void, milliseconds?: number): TimerHandle
declare function clearInterval(handle: TimerHandle | undefined): void
declare function queueMicrotask(callback: () => void): void
declare function structuredClone<T>(value: T): T

declare var performance: { now(): number; readonly timeOrigin: number }

/** Absent on some edge runtimes: read it as `globalThis.process?.env`. */
declare var process: { readonly env: Readonly<Record<string, string | undefined>> } | undefined

declare var crypto: { randomUUID(): string; getRandomValues<T extends Uint8Array>(array: T): T }

interface URL {
  readonly href: string
  readonly origin: string
  readonly protocol: string
  readonly host: string
  readonly hostname: string
  readonly port: string
  readonly pathname: string
  readonly search: string
}
declare var URL: { prototype: URL; new (url: string, base?: string): URL }

declare var TextEncoder: { new (): { encode(input?: string): Uint8Array } }
declare var TextDecoder: { new (): { decode(input?: Uint8Array): string } }

interface Headers {
  get(name: string): string | null
  has(name: string): boolean
  forEach(callback: (value: string, name: string) => void): void
}

interface RequestInit {
  method?: string
  headers?: Headers | Record<string, string> | [string, string][]
  body?: string | Uint8Array | null
  signal?: AbortSignal | null
}

interface Response {
  readonly ok: boolean
  readonly status: number
  readonly headers: Headers
  readonly url: string
  text(): Promise<string>
  json(): Promise<unknown>
}

declare function fetch(input: string | URL, init?: RequestInit): Promise<Response>
