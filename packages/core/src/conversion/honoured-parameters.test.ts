import { expect, it } from 'vitest'
import type { Capabilities } from '../provider/capabilities.ts'
import type { ChatRequest } from '../provider/request.ts'
import { honouredParameters } from './honoured-parameters.ts'
import { createWarnings } from './warnings.ts'

const capabilities: Capabilities = {
  input: [],
  tools: false,
  responseFormats: [],
  streaming: true,
  reasoning: false,
  promptCache: false,
  assistantPrefill: false,
  parameters: { temperature: { type: 'number' }, stop: { type: 'strings' } },
}

const request: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'Hello' }],
  tools: [{ name: 'look', parameters: {} }],
  temperature: 0,
  stop: ['.'],
  providerOptions: { acme: { seed: 1 } },
}

it('leaves a request alone whose parameters are all honoured', () => {
  const { list, warn } = createWarnings()
  expect(honouredParameters(request, capabilities, 'Acme', warn)).toEqual(request)
  expect(list).toEqual([])
})

it('leaves out what is not honoured, with a warning each', () => {
  const { list, warn } = createWarnings()
  const asked = { ...request, seed: 0, parallelToolCalls: false, user: '', metadata: {} }
  expect(honouredParameters(asked, capabilities, 'Acme', warn)).toEqual(request)
  expect(list).toEqual(
    ['seed', 'parallelToolCalls', 'user', 'metadata'].map((parameter) => {
      return { type: 'unsupported', parameter, message: `m at Acme does not take ${parameter}; it was left out.` }
    }),
  )
  expect(asked.seed).toBe(0)
})
