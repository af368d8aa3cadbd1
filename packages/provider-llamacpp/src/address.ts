import { InvalidConfigError } from '@llmfb/core/provider'

/** The address of a server, also where that of its `/v1` was given. @throws InvalidConfigError */
export function toAddress(baseURL: string): string {
  let protocol: string | undefined
  try {
    protocol = new URL(baseURL).protocol
  } catch {
    // The address itself may hold a password, so it is not repeated.
  }
  if (protocol !== 'http:' && protocol !== 'https:') {
    const problem = '(or LLAMA_SERVER_URL) must be an http(s) URL, such as http://127.0.0.1:8080'
    throw new InvalidConfigError([{ path: 'llamacpp.baseURL', problem }])
  }
  return baseURL.replace(/\/+$/, '').replace(/\/v1$/, '')
}
