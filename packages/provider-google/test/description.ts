import { readDescription } from '@llmfb/conformance'

/** Google's own description of the service. */
export const description = readDescription('google.generativelanguage.openapi.json')
