import { readDescription } from '@llmfb/conformance'

/** The SDK's types, 7.55.0, are newer than the description. */
const ttl = { enum: ['30m', '12h'] }

/** OpenAI's own description of its API. */
export const description = readDescription('openai.openapi.json', {
  fields: { PromptCacheBreakpointParam: { ttl }, PromptCacheBreakpointConfig: { ttl } },
})
