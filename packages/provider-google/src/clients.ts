import { GoogleGenAI } from '@google/genai/web'
import { perKey } from '@llmfb/core/provider'

/** The methods of the SDK that this provider uses. */
export type Models = GoogleGenAI['models']

/**
 * The version that the service's API description, its documentation and all its recorded answers are of. The SDK's default,
 * `v1`, holds back what is in preview, such as a resolution for each picture and pictures in results of tools.
 */
const apiVersion = 'v1beta'

/**
 * Makes the SDK's client for a key, and keeps some. The SDK's entry for the web takes nothing from the environment and
 * loads no library for signing in, which a key does not need; it runs on Node as well. Its retries are off unless asked
 * for, and Vertex AI is ruled out.
 */
export function createClients(baseUrl: string): (apiKey: string) => Models {
  const httpOptions = { baseUrl, apiVersion }
  return perKey((apiKey) => new GoogleGenAI({ apiKey, vertexai: false, httpOptions }).models)
}
