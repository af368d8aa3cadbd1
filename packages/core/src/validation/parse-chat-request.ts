import { InvalidRequestError } from '../errors/invalid-request-error.ts'
import type { ChatRequest } from '../provider/request.ts'
import { cacheBreakpoint, checkMessage } from './check-message.ts'
import { parameterChecks } from './check-parameter.ts'
import type { Check, Fields, Report } from './shape.ts'
import {
  all,
  anything,
  arrayOf,
  checkFields,
  distinctNames,
  fields,
  isText,
  listOf,
  flag,
  isFields,
  join,
  must,
  object,
  string,
} from './shape.ts'

const checkMessages = listOf(checkMessage, 'message')

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
  object(value, 'request', refuse)
  const request = value as Fields
  const { model, messages } = request
  if (!isText(model)) refuse('request.model', 'must be the name of a route or target')
  checkMessages(messages, 'request.messages', refuse)
  for (const name in request) {
    if (name !== 'model' && name !== 'messages') checkField(name, request[name], request)
  }
  return value as ChatRequest
}

/** A name of these characters, at most `length` of them. */
function nameOf(characters: string, length: number): Check {
  const pattern = new RegExp(`^[${characters}]{1,${length}}$`)
  return must((value) => typeof value === 'string' && pattern.test(value), `1 to ${length} letters, digits, _ or -`)
}

const schema = must(isFields, 'a JSON Schema object')

const tool = fields(
  { name: nameOf('\\w.-', 128), description: string, parameters: schema, strict: flag, cacheBreakpoint },
  ['name', 'parameters'],
)

function checkToolChoice(choice: unknown, tools: unknown, path: string): void {
  const named = isFields(choice) ? choice['tool'] : undefined
  if (named !== undefined) checkFields(choice as Fields, ['tool'], path, refuse)
  if (typeof named !== 'string' && !['auto', 'none', 'required'].includes(choice as string)) {
    refuse(path, "must be 'auto', 'none', 'required' or { tool: name }")
  }
  if (choice === 'none' || choice === 'auto') return
  const names = Array.isArray(tools) ? tools.map((entry) => isFields(entry) && entry['name']) : []
  if (names.length === 0) refuse(path, 'asks for a tool call, and request.tools is empty')
  if (named !== undefined && !names.includes(named)) refuse(`${path}.tool`, 'names no tool of request.tools')
}

const plainFormat = fields({ type: anything })
const schemaFormat = fields({ type: anything, schema, name: nameOf('\\w-', 64), description: string, strict: flag }, [
  'schema',
])

const responseFormat: Check = (format, path) => {
  const type = isFields(format) ? format['type'] : 'text'
  if (type === 'json-schema') return schemaFormat(format, path, refuse)
  if (type !== 'text' && type !== 'json') refuse(`${path}.type`, "must be 'text', 'json' or 'json-schema'")
  plainFormat(format, path, refuse)
}

const providerOptions: Check = (value, path, report) => {
  object(value, path, report)
  for (const [id, own] of Object.entries(value as Fields)) object(own, join(path, id), report)
}

const checks: Readonly<Record<string, Check>> = {
  tools: all(arrayOf(tool, 'tools'), distinctNames),
  toolChoice: anything,
  responseFormat,
  providerOptions,
  ...parameterChecks,
}

const known: readonly string[] = ['model', 'messages', ...Object.keys(checks)]

function checkField(name: string, value: unknown, request: Fields): void {
  if (!known.includes(name)) return checkFields(request, known, 'request', refuse)
  if (value === undefined) return
  const path = `request.${name}`
  if (name === 'toolChoice') checkToolChoice(value, request['tools'], path)
  else checks[name]?.(value, path, refuse)
}
