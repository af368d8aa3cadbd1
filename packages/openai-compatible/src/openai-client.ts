import OpenAI from 'openai'
import { keepHeaders } from './keep-headers.ts'
import { punctualFetch } from './punctual-fetch.ts'

export interface OpenAIClientOptions {
  readonly baseURL: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: typeof globalThis.fetch
  /** Milliseconds. */
  readonly timeoutMs: number
}

/**
 * The SDK's client, deaf to the environment: `OPENAI_*` variables are meant for OpenAI and would leak to whatever service
 * stands behind `baseURL`. Keys are in `headers`; retries and logs are the router's.
 */
export function createOpenAIClient({ baseURL, headers, fetch, timeoutMs }: OpenAIClientOptions): OpenAI {
  // The client insists on a key and sends it as `Authorization`, unless a header of that name is here to replace it.
  const defaultHeaders = { authorization: null, ...headers }
  const client = new OpenAI({
    apiKey: 'unused',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL,
    defaultHeaders,
    timeout: timeoutMs,
    maxRetries: 0,
    logLevel: 'off',
    fetch: punctualFetch(fetch),
  })
  // OPENAI_CUSTOM_HEADERS gets into the headers with no option to keep it out.
  client['_options'].defaultHeaders = defaultHeaders
  keepHeaders(client)
  return client
}
