import type { JsonObject, JsonValue } from '@llmfb/core/provider'

/** A tool call as the vendor's own SDK read it. */
export interface ReadTool {
  readonly name: string
  readonly args: JsonValue
}

/** What the vendor's own SDK read from an answer. */
export interface ReadAnswer {
  readonly text: string
  readonly reasoning: string
  readonly tools: readonly ReadTool[]
  /** The service's word for why it ended. */
  readonly finish: string
  /** As the service gave it; absent or null where it did not tell. */
  readonly usage?: JsonObject | null
  /** Present where the SDK itself could not read the answer. */
  readonly err?: string
}

/** One exchange with a real service. */
export interface Recording {
  readonly id: string
  readonly provider: string
  /** Such as `chat`, `responses`, `messages`, `embeddings`. */
  readonly api: string
  readonly method: string
  readonly url: string
  readonly status: number
  readonly stream: boolean
  /** What the exchange shows: `tools`, `reasoning`, `refusal_or_filter` and so on. */
  readonly features: readonly string[]
  /** Absent where it was too large. */
  readonly reqBody?: JsonObject | string
  readonly resHeaders: Readonly<Record<string, string>>
  readonly resBody?: string
  /** Stands for `resBody` where the body is not text. */
  readonly resBase64?: string
  /** Only for successes of chat. */
  readonly read?: ReadAnswer
}

/** The body as it came over the wire. */
export function bodyOf(recording: Recording): Uint8Array {
  return recording.resBase64 === undefined
    ? new TextEncoder().encode(recording.resBody ?? '')
    : new Uint8Array(Buffer.from(recording.resBase64, 'base64'))
}

/** The model that was asked: named in the body, or in the path where a service wants it there. */
export function modelOf(recording: Recording): string {
  const model = typeof recording.reqBody === 'object' ? recording.reqBody['model'] : undefined
  if (typeof model === 'string') return model
  const inPath = /\/(?:models?|deployments)\/([^/:?]+(?::\d+)?)/.exec(recording.url)?.[1]
  return inPath === undefined ? 'recorded-model' : decodeURIComponent(inPath)
}
