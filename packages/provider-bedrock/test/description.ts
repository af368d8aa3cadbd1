import { readDescription } from '@llmfb/conformance'

/** AWS's own description of the service. */
export const description = readDescription('bedrock-runtime.service-2.json')
