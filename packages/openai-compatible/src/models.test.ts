import { capabilitiesOf, type Manifest } from '@llmfb/core/provider'
import { describe, expect, it, test } from 'vitest'
import * as surface from './models.ts'
import { apiOf, openAIModels, sampling, underApi } from './models.ts'

it('exports these values', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'apiNames',
    'apiOf',
    'chooseApi',
    'mustNotReason',
    'needsResponses',
    'openAIModels',
    'sampling',
    'underApi',
  ])
})

const manifest: Manifest = {
  id: 'resold',
  name: 'A service of OpenAI’s models',
  tier: 'beta',
  credentials: [],
  capabilities: {
    input: ['image', 'file'],
    tools: true,
    responseFormats: ['json', 'json-schema'],
    streaming: true,
    reasoning: false,
    promptCache: false,
    assistantPrefill: false,
    parameters: sampling,
  },
  models: openAIModels,
}

describe('under the API that is not its own, a model', () => {
  test.each(openAIModels.map(({ match }) => match.replace('*', '')))('%s takes what that has', (model) => {
    const capabilities = capabilitiesOf(manifest, model)
    const own = apiOf(model)
    const chat = own === 'chat-completions' ? capabilities : underApi('chat-completions', capabilities)
    const responses = own === 'responses' ? capabilities : underApi('responses', capabilities)
    for (const name of ['stop', 'seed', 'presencePenalty', 'frequencyPenalty'] as const) {
      expect(responses.parameters).not.toHaveProperty(name)
    }
    expect(responses.parameters.maxTokens).toEqual({ type: 'integer', min: 16 })
    expect(chat.parameters.maxTokens).toEqual({ type: 'integer', min: 1 })
    expect([chat.reasoning, responses.reasoning]).toEqual([false, 'reasoning' in capabilities.parameters])
    expect(chat.parameters.reasoning).toEqual(responses.parameters.reasoning)
    expect('temperature' in chat.parameters && 'reasoning' in chat.parameters).toBe(false)
  })
})
