import type { CallOptions, Capabilities, ChatRequest } from '@llmfb/core/provider'

/**
 * Makes an answer when it is asked for. `options.signal` aborts when the call is over. What it throws becomes a
 * `ProviderError` of kind `unknown` that names the error's class only.
 */
export type AnswerFunction = (request: ChatRequest, options: CallOptions) => string | Promise<string>

/** An answer with what is known of it. */
export interface StaticAnswer {
  /** Not empty. */
  readonly text: string | AnswerFunction
  /**
   * The formats that the text is good for, besides plain text. A schema is the request's own: who names `json-schema`
   * vouches that the text fits the schemas of those who ask.
   *
   * @default ['json'] for a text that is JSON, else none
   */
  readonly responseFormats?: Capabilities['responseFormats']
}

/** Options of `staticAnswers()`. */
export interface StaticOptions {
  /** Registers the provider under another id. @default 'static' */
  readonly id?: string
  /** The answers by name; `static/apology` is the target of the one named `apology`. At least one. */
  readonly answers: Readonly<Record<string, string | AnswerFunction | StaticAnswer>>
  /** Length of the pieces of a stream, in characters (Unicode code points). @default 40 */
  readonly chunkSize?: number
}
