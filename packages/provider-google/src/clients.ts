import { GoogleGenAI } from '@google/genai/web'

/** The methods of the SDK that this provider uses. */
export type Models = GoogleGenAI['models']

/**
 * The service's stable version (`v1`, the SDK's default) knows no tools, JSON by schema, system instructions or thinking
 * for most of its models; `v1beta` is where the service's own documentation has all of them.
 */
const apiVersion = 'v1beta'

/**
 * Makes the SDK's client for a key, and keeps the last one. The SDK's entry for the web takes nothing from the environment
 * and loads no library for signing in, which a key does not need; it runs on Node as well. Its retries are off unless asked
 * for, and Vertex AI is ruled out.
 */
export function createClients(baseUrl: string): (apiKey: string) => Models {
  let last: { readonly apiKey: string; readonly models: Models } | undefined
  return (apiKey) => {
    if (last?.apiKey !== apiKey) {
      const { models } = new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl, apiVersion } })
      last = { apiKey, models }
    }
    return last.models
  }
}
