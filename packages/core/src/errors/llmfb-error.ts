import type { ErrorCode } from './codes.ts'

const brand: unique symbol = Symbol.for('llmfb.error') as never

/** Base of all errors that llmfb throws. Tell them apart by `code`, never by message or `instanceof`. */
export class LlmfbError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
    // Enumerable on no object and set on each, so that two copies of this package recognise each other's errors.
    Object.defineProperty(this, brand, { value: true })
  }
}
Object.defineProperty(LlmfbError.prototype, 'name', { value: 'LlmfbError', configurable: true, writable: true })

/** Whether `error` was thrown by llmfb, by this copy of the package or another. */
export function isLlmfbError(error: unknown): error is LlmfbError {
  return typeof error === 'object' && error !== null && brand in error
}
