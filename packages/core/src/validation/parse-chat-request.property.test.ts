import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidRequestError } from '../errors/invalid-request-error.ts'
import type { Parameters } from '../provider/request.ts'
import { parseChatRequest } from './parse-chat-request.ts'

const some = fc.string({ minLength: 1 })
const cacheBreakpoint = fc.record({ ttl: fc.constantFrom('5m', '1h') }, { requiredKeys: [] })
const opaque = fc.record({ issuer: some, model: some, data: fc.jsonValue() }, { requiredKeys: ['issuer', 'data'] })

const media = fc.oneof(
  fc.webUrl().map((url) => ({ url })),
  fc.record({
    data: fc.oneof(fc.base64String({ minLength: 4 }), fc.uint8Array()),
    mediaType: fc.constantFrom('image/png', 'application/pdf', 'audio/x-wav', 'image/svg+xml'),
  }),
)

/** A part of a type: these fields always, and any of those. */
function part(
  type: string,
  always: Record<string, fc.Arbitrary<unknown>>,
  maybe: Record<string, fc.Arbitrary<unknown>>,
) {
  const whole: Record<string, fc.Arbitrary<unknown>> = { type: fc.constant(type), ...always, ...maybe }
  return fc.record(whole, { requiredKeys: ['type', ...Object.keys(always)] })
}

const textPart = part('text', { text: fc.string() }, { cacheBreakpoint, opaque })
const imagePart = part('image', { image: media }, { detail: fc.constantFrom('auto', 'low', 'high'), cacheBreakpoint })
const filePart = part('file', { file: media }, { filename: fc.string(), cacheBreakpoint })
const reasoningPart = part('reasoning', { text: fc.string() }, { opaque })
const callPart = part('tool-call', { id: some, name: some, arguments: fc.string() }, { opaque })
const resultPart = part(
  'tool-result',
  { toolCallId: some, content: fc.oneof(fc.string(), fc.array(fc.oneof(textPart, imagePart))) },
  { toolName: some, isError: fc.boolean(), cacheBreakpoint },
)

function message(role: string, ...parts: fc.Arbitrary<unknown>[]) {
  const content = fc.array(fc.oneof(...parts))
  return fc.record({ role: fc.constant(role), content: role === 'tool' ? content : fc.oneof(fc.string(), content) })
}

const messages = fc.array(
  fc.oneof(
    message('system', textPart),
    message('user', textPart, imagePart, filePart),
    message('assistant', textPart, reasoningPart, callPart, filePart),
    message('tool', resultPart),
  ),
  { minLength: 1 },
)

const toolName = fc.stringMatching(/^[\w.-]{1,128}$/)
const schema = fc.dictionary(fc.string(), fc.jsonValue())
const tools = fc.uniqueArray(
  fc.record(
    { name: toolName, parameters: schema, description: fc.string(), strict: fc.boolean(), cacheBreakpoint },
    { requiredKeys: ['name', 'parameters'] },
  ),
  { selector: ({ name }) => name, minLength: 1 },
)

const parameters: { readonly [Name in keyof Parameters]-?: fc.Arbitrary<Parameters[Name]> } = {
  temperature: fc.double({ min: 0, max: 2, noNaN: true }),
  topP: fc.double({ min: 0, max: 1, noNaN: true }),
  topK: fc.integer({ min: 1 }),
  maxTokens: fc.integer({ min: 1 }),
  stop: fc.array(some, { minLength: 1 }),
  seed: fc.integer(),
  presencePenalty: fc.double({ min: -2, max: 2, noNaN: true }),
  frequencyPenalty: fc.double({ min: -2, max: 2, noNaN: true }),
  reasoning: fc.record(
    { effort: fc.constantFrom('none', 'low', 'max'), budgetTokens: fc.integer({ min: 1 }) },
    { requiredKeys: [] },
  ),
  parallelToolCalls: fc.boolean(),
  user: some,
  metadata: fc.dictionary(fc.string(), fc.string()),
}

const request = fc.record(
  {
    model: some,
    messages,
    tools,
    toolChoice: fc.constantFrom('auto', 'none'),
    responseFormat: fc.oneof(
      fc.constantFrom({ type: 'text' }, { type: 'json' }),
      fc.record(
        { type: fc.constant('json-schema'), schema, name: fc.stringMatching(/^[\w-]{1,64}$/), strict: fc.boolean() },
        { requiredKeys: ['type', 'schema'] },
      ),
    ),
    providerOptions: fc.dictionary(fc.string(), schema),
    ...parameters,
  },
  { requiredKeys: ['model', 'messages'] },
)

/** Whatever happens, it is taken or refused with an InvalidRequestError whose path starts at the request. */
function expectVerdict(value: unknown): void {
  try {
    expect(parseChatRequest(value)).toBe(value)
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect((error as InvalidRequestError).path).toMatch(/^request/)
  }
}

describe('parseChatRequest', () => {
  it('takes every request that keeps the contract, and gives back the very same', () => {
    fc.assert(
      fc.property(request, (value) => {
        expect(parseChatRequest(value)).toBe(value)
      }),
    )
  })

  it('never throws anything but an InvalidRequestError, whatever JSON it gets', () => {
    fc.assert(fc.property(fc.jsonValue(), expectVerdict), { numRuns: 500 })
    fc.assert(fc.property(fc.anything(), expectVerdict), { numRuns: 500 })
  })

  it('never throws anything else for a request in which one field went wrong', () => {
    const name = fc.constantFrom(
      'model',
      'messages',
      'tools',
      'toolChoice',
      'responseFormat',
      'providerOptions',
      ...Object.keys(parameters),
    )
    const broken = fc.tuple(request, name, fc.jsonValue()).map(([value, field, junk]) => ({ ...value, [field]: junk }))
    fc.assert(fc.property(broken, expectVerdict), { numRuns: 500 })
  })

  it('never throws anything else for a part in which one field went wrong', () => {
    const broken = fc
      .tuple(
        fc.constantFrom('system', 'user', 'assistant', 'tool'),
        fc.oneof(textPart, imagePart, filePart, callPart, resultPart),
        fc.string(),
        fc.jsonValue(),
      )
      .map(([role, whole, field, junk]) => ({
        model: 'm',
        messages: [{ role, content: [{ ...whole, [field]: junk }] }],
      }))
    fc.assert(fc.property(broken, expectVerdict), { numRuns: 500 })
  })

  it('changes nothing of what it looks at', () => {
    fc.assert(
      fc.property(request, (value) => {
        const before = JSON.stringify(value)
        parseChatRequest(value)
        expect(JSON.stringify(value)).toBe(before)
      }),
    )
  })
})
