import type { CallOptions, Capabilities } from '@llmfb/core/provider'
import { type AskService } from '@llmfb/openai-compatible'
import { isRecord, readCount } from './fields.ts'

/** What the server says of the model that it has loaded, as far as it says so. @throws ProviderError */
export async function learnCapabilities(
  ask: AskService,
  model: string,
  options: CallOptions,
): Promise<Partial<Capabilities>> {
  // A server of several models is told which; all others ignore it.
  const { body } = await ask({ path: '/props', query: { model }, model }, options)
  const settings = body['default_generation_settings']
  const contextWindow = isRecord(settings) ? readCount(settings['n_ctx']) : undefined
  const modalities = body['modalities']
  const seesImages = isRecord(modalities) ? modalities['vision'] : undefined
  return {
    ...(contextWindow ? { contextWindow } : {}),
    ...(seesImages === false ? { input: [] } : {}),
  }
}
