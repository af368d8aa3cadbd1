import { GoogleGenAI } from '@google/genai/web'

/** The methods of the SDK that this provider uses. */
export type Models = GoogleGenAI['models']

/**
 * The version that the service's API description, its documentation and all its recorded answers are of. The SDK's default,
 * `v1`, holds back what is in preview, such as a resolution for each picture and pictures in results of tools.
 */
const apiVersion = 'v1beta'

/** Most keys whose clients are kept; the one that was made first goes first. */
const mostClients = 16

/**
 * Makes the SDK's client for a key, and keeps some. The SDK's entry for the web takes nothing from the environment and
 * loads no library for signing in, which a key does not need; it runs on Node as well. Its retries are off unless asked
 * for, and Vertex AI is ruled out.
 */
export function createClients(baseUrl: string): (apiKey: string) => Models {
  const clients = new Map<string, Models>()
  return (apiKey) => {
    const known = clients.get(apiKey)
    if (known) return known
    const { models } = new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl, apiVersion } })
    clients.set(apiKey, models)
    const [oldest] = clients.keys()
    if (clients.size > mostClients && oldest !== undefined) clients.delete(oldest)
    return models
  }
}
