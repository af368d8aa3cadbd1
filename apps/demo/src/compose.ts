import { createRouter, isLlmfbError, systemClock } from '@llmfb/core'
import type { Router, RouterOptions } from '@llmfb/core'
import { anthropic } from '@llmfb/provider-anthropic'
import { ollama } from '@llmfb/provider-ollama'
import { openai } from '@llmfb/provider-openai'
import type { LocalModels } from './live.ts'
import type { Vendors } from './mock-vendors.ts'
import { chatRoute } from './routes.ts'

type Environment = Readonly<Record<string, string | undefined>>

const mockKey = 'no-key-needed'
/** A local server answers at once, and one that does not is no use. */
const localAnswerMs = 2000

/** The real providers, talking to mock vendors instead of the real ones. Nothing of the environment is used. */
export function composeMockRouter(vendors: Omit<Vendors, 'stop'>, options: Partial<RouterOptions>): Router {
  return createRouter({
    providers: [
      openai({ baseURL: `${vendors.openai.url}/v1`, apiKey: mockKey }),
      anthropic({ baseURL: vendors.anthropic.url, apiKey: mockKey }),
      ollama({ baseURL: vendors.ollama.url }),
    ],
    routes: { chat: chatRoute },
    env: {},
    ...options,
  })
}

/** The real providers, with the keys of the environment. @throws NoUsableTargetError */
export function composeLiveRouter(targets: readonly string[], env: Environment): Router {
  return createRouter({ providers: [openai(), anthropic(), ollama()], routes: { chat: targets }, env })
}

/** Asks a local Ollama which models it has. */
export async function findLocalModels(env: Environment, signal: AbortSignal): Promise<LocalModels> {
  const { OLLAMA_HOST: host, OLLAMA_API_KEY: key } = env
  const credentials = { ...(host ? { OLLAMA_HOST: host } : {}), ...(key ? { OLLAMA_API_KEY: key } : {}) }
  const silent = (): void => undefined
  const logger = { debug: silent, info: silent, warn: silent, error: silent }
  const provider = await ollama({ timeoutMs: localAnswerMs }).create({
    id: 'ollama',
    credentials,
    clock: systemClock,
    logger,
  })
  try {
    const models = (await provider.models?.list({ signal })) ?? []
    return { type: 'found', models: models.map(({ id }) => id) }
  } catch (error) {
    if (!isLlmfbError(error)) throw error
    return { type: 'absent', reason: error.message }
  }
}
