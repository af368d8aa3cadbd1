import { readDescription, type Schema } from '@llmfb/conformance'

// The vendors' own descriptions, beside this repository; where they are not there, nothing is checked by them.

const anything: Schema = {}

const openai = readDescription('openai.openapi.json')
// What is newer than the description, and objects of which it does not say that they hold anything.
const google = readDescription('google.generativelanguage.openapi.json', {
  fields: {
    FunctionDeclaration: { parametersJsonSchema: anything },
    FunctionCall: { args: anything },
    FunctionResponse: { response: anything },
  },
})
const bedrock = readDescription('bedrock-runtime.service-2.json')

/** `schema` is `CreateChatCompletionRequest` or `CreateResponse`. */
export function problemsByOpenAI(schema: string, body: unknown): readonly string[] {
  return openai?.problemsIn(schema, body) ?? []
}

export function problemsByGoogle(body: unknown): readonly string[] {
  return google?.problemsIn('GenerateContentRequest', body) ?? []
}

export function problemsByBedrock(body: unknown): readonly string[] {
  return bedrock?.problemsIn('ConverseRequest', body) ?? []
}
