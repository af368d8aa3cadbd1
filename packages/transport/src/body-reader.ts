/** A piece of a body, or its end. */
export type Chunk =
  | { readonly value: Uint8Array; readonly done: false }
  | { readonly value?: Uint8Array | undefined; readonly done: true }

/** What a body is read with; a reader of a `ReadableStream` is one. */
export interface BodyReader {
  read(): Promise<Chunk>
  /** As `read`, without a promise: one of the two is called once, maybe before this returns. Not everything that reads has it. */
  readTo?(onChunk: (chunk: Chunk) => void, onError: (error: unknown) => void): void
  /** Gives the body up, and closes its connection where it has not ended. */
  cancel(reason?: unknown): Promise<void>
}

/** What `bodyReaderOf` takes: a `Response` is one. */
export interface Answer {
  readonly body: ReadableStream<Uint8Array> | null
}

/**
 * The reader of an answer's body, which it locks; undefined where there is no body. Where the answer comes from a pool, its
 * bytes do not go through a `ReadableStream`.
 */
export function bodyReaderOf(answer: Answer): BodyReader | undefined {
  const { directReader } = answer as { readonly directReader?: () => BodyReader | undefined }
  return directReader?.call(answer) ?? answer.body?.getReader()
}
