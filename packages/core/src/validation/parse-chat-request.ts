import { InvalidRequestError } from '../errors/invalid-request-error.ts'
import type { ChatRequest } from '../provider/request.ts'
import { checkMessage } from './check-message.ts'
import { checkParameter, parameterNames } from './check-parameter.ts'
import { checkFields, describe, isFields } from './shape.ts'
import type { Fields, Report } from './shape.ts'

const fields: readonly string[] = [
  'model',
  'messages',
  'tools',
  'toolChoice',
  'responseFormat',
  'providerOptions',
  ...parameterNames,
]

/** Throws at the first thing that is wrong. */
const refuse: Report = (path, problem) => {
  throw new InvalidRequestError(path, problem)
}

/**
 * Checks that `value` is a ChatRequest, and gives it back as one.
 *
 * @throws InvalidRequestError with the path of the first thing that is wrong
 */
export function parseChatRequest(value: unknown): ChatRequest {
  if (!isFields(value)) throw new InvalidRequestError('request', `must be an object, not ${describe(value)}`)
  const { model, messages } = value
  if (typeof model !== 'string' || model === '') refuse('request.model', 'must be the name of a route or target')
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new InvalidRequestError('request.messages', `must be an array of at least one message, not ${describe(messages)}`)
  }
  for (let index = 0; index < messages.length; index++) checkMessage(messages[index], `request.messages[${index}]`, refuse)
  for (const name in value) {
    if (name !== 'model' && name !== 'messages') checkField(name, value[name], value)
  }
  return value as unknown as ChatRequest
}

function checkField(name: string, value: unknown, request: Fields): void {
  if (!fields.includes(name)) checkFields(request, fields, 'request', refuse)
  if (value === undefined) return
  switch (name) {
    case 'tools':
      return checkTools(value)
    case 'toolChoice':
      return checkToolChoice(value, request['tools'])
    case 'responseFormat':
      return checkResponseFormat(value)
    case 'providerOptions':
      return checkProviderOptions(value)
    default:
      return checkParameter(name, value, `request.${name}`, refuse)
  }
}

function checkTools(tools: unknown): void {
  if (!Array.isArray(tools)) throw new InvalidRequestError('request.tools', `must be an array, not ${describe(tools)}`)
  const names = new Set<string>()
  tools.forEach((tool: unknown, index) => {
    const path = `request.tools[${index}]`
    if (!isFields(tool)) throw new InvalidRequestError(path, `must be an object, not ${describe(tool)}`)
    checkFields(tool, ['name', 'description', 'parameters', 'strict', 'cacheBreakpoint'], path, refuse)
    const { name, description, parameters, strict } = tool
    if (typeof name !== 'string' || !/^[\w.-]{1,128}$/.test(name)) {
      throw new InvalidRequestError(`${path}.name`, 'must be 1 to 128 letters, digits, _, . or -')
    }
    if (names.has(name)) refuse(`${path}.name`, `'${name}' is there twice`)
    names.add(name)
    if (description !== undefined && typeof description !== 'string') refuse(`${path}.description`, 'must be a string')
    if (!isFields(parameters)) refuse(`${path}.parameters`, `must be a JSON Schema object, not ${describe(parameters)}`)
    if (strict !== undefined && typeof strict !== 'boolean') refuse(`${path}.strict`, 'must be true or false')
  })
}

function checkToolChoice(choice: unknown, tools: unknown): void {
  const path = 'request.toolChoice'
  const named = isFields(choice) ? choice['tool'] : undefined
  if (typeof named !== 'string' && !(['auto', 'none', 'required'] as unknown[]).includes(choice)) {
    refuse(path, "must be 'auto', 'none', 'required' or { tool: name }")
  }
  if (choice === 'none' || choice === 'auto') return
  if (!Array.isArray(tools) || tools.length === 0) refuse(path, 'asks for a tool call, and request.tools is empty')
  const known = (tools as readonly Fields[]).some((tool) => isFields(tool) && tool['name'] === named)
  if (typeof named === 'string' && !known) refuse(`${path}.tool`, 'names no tool of request.tools')
}

function checkResponseFormat(format: unknown): void {
  const path = 'request.responseFormat'
  if (!isFields(format)) throw new InvalidRequestError(path, `must be an object, not ${describe(format)}`)
  const { type, schema, name } = format
  if (type === 'text' || type === 'json') return checkFields(format, ['type'], path, refuse)
  if (type !== 'json-schema') refuse(`${path}.type`, "must be 'text', 'json' or 'json-schema'")
  checkFields(format, ['type', 'schema', 'name', 'description', 'strict'], path, refuse)
  if (!isFields(schema)) refuse(`${path}.schema`, `must be a JSON Schema object, not ${describe(schema)}`)
  if (name !== undefined && (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name))) {
    refuse(`${path}.name`, 'must be 1 to 64 letters, digits, _ or -')
  }
}

function checkProviderOptions(options: unknown): void {
  const path = 'request.providerOptions'
  if (!isFields(options)) throw new InvalidRequestError(path, `must be an object by provider id, not ${describe(options)}`)
  for (const [id, own] of Object.entries(options)) {
    if (!isFields(own)) refuse(`${path}.${id}`, `must be an object, not ${describe(own)}`)
  }
}
