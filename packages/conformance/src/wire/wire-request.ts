import type { IncomingMessage } from 'node:http'

/** What a client sent. */
export interface WireRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Names in lower case; values of repeated headers are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** The parsed body where it is JSON, else its text. */
  readonly body: unknown
}

/** Reads a request to its end. */
export async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value)
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers,
    body: parse(Buffer.concat(chunks).toString('utf8')),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
