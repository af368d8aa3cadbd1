import type { WireDialect } from '@llmfb/conformance'
import { deepStrictEqual } from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

// OpenAI's own description of its API, beside this repository; where it is not there, nothing is checked by it.
const path = resolve(import.meta.dirname, '../../../../shared/specs/openai.openapi.json')

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly nullable?: boolean
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
}

interface Description {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly post?: {
          readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
        }
      }
    >
  >
}

const description: Description | undefined = existsSync(path)
  ? (JSON.parse(readFileSync(path, 'utf8')) as Description)
  : undefined

/** Whether requests are checked by the description. */
export const isDescribed: boolean = description !== undefined

/** What is wrong with the body of a POST to `path`, a line each; nothing where it is as described. */
export function problemsOf(operation: string, body: unknown): string[] {
  const schema = description?.paths[operation]?.post?.requestBody?.content['application/json']?.schema
  if (schema === undefined) return isDescribed ? [`${operation}: is not described`] : []
  const known = propertiesOf(schema)
  const unknown = Object.keys(body as object).filter((name) => !known.has(name))
  return [...check(body, schema, 'body'), ...unknown.map((name) => `body: has no ${name}`)]
}

/** The same words, whose requests have to be as OpenAI describes them. */
export function described(words: WireDialect): WireDialect {
  return {
    ...words,
    readRequest(request) {
      if (request.method === 'POST' && typeof request.body === 'object') {
        // A setting that the suite makes up, to see that settings go out as they are.
        const { a_setting_of_its_own: _madeUp, ...body } = request.body as Record<string, unknown>
        const path = request.path.replace(/^\/v1/, '').replace(/\?.*$/, '')
        deepStrictEqual(problemsOf(path, body), [], 'the request is not as OpenAI describes it')
      }
      return words.readRequest(request)
    },
  }
}

/** Names of the fields of an object, which may be described in several places. */
function propertiesOf(schema: Schema): Set<string> {
  const { properties = {}, allOf = [], oneOf = [], anyOf = [] } = resolved(schema)
  return new Set([
    ...Object.keys(properties),
    ...[...allOf, ...oneOf, ...anyOf].flatMap((each) => [...propertiesOf(each)]),
  ])
}

/** Where the SDK's types, 7.55.0, are newer than the description. */
const breakpoint: Schema = {
  type: 'object',
  properties: { mode: { enum: ['explicit'] }, ttl: { enum: ['30m', '12h'] } },
  required: ['mode'],
}
const newer: Readonly<Record<string, Schema>> = {
  PromptCacheBreakpointParam: breakpoint,
  PromptCacheBreakpointConfig: breakpoint,
}

function resolved(schema: Schema): Schema {
  const { $ref: reference, ...beside } = schema
  if (reference === undefined) return schema
  const name = reference.slice(reference.lastIndexOf('/') + 1)
  const found = newer[name] ?? description?.components.schemas[name]
  if (found === undefined) throw new Error(`not described: ${reference}`)
  return { ...resolved(found), ...beside }
}

function check(value: unknown, described: Schema, at: string): string[] {
  const schema = resolved(described)
  if (value === null && schema.nullable) return []
  return [
    ...checkKind(value, schema, at),
    ...(schema.allOf ?? []).flatMap((each) => check(value, each, at)),
    ...checkChoice(value, schema.oneOf, at),
    ...checkChoice(value, schema.anyOf, at),
  ]
}

/** One of them has to do; the closest tells what is wrong. An unknown field is as wrong as a missing one. */
function checkChoice(value: unknown, choices: readonly Schema[] | undefined, at: string): string[] {
  if (choices === undefined) return []
  const problems = choices.map((choice) => [...check(value, choice, at), ...strangers(value, choice, at)])
  return problems.toSorted((a, b) => a.length - b.length)[0] ?? []
}

function strangers(value: unknown, choice: Schema, at: string): string[] {
  const schema = resolved(choice)
  const isOpen = schema.additionalProperties !== undefined && schema.additionalProperties !== false
  const known = propertiesOf(schema)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isOpen || known.size === 0) return []
  return Object.keys(value)
    .filter((name) => !known.has(name))
    .map((name) => `${at}: has no ${name}`)
}

function checkKind(value: unknown, schema: Schema, at: string): string[] {
  if (schema.enum && !schema.enum.includes(value))
    return [`${at}: ${JSON.stringify(value)} is not one of ${schema.enum.join(', ')}`]
  if (schema.const !== undefined && schema.const !== value) return [`${at}: is not ${JSON.stringify(schema.const)}`]
  switch (schema.type) {
    case 'object':
      return checkObject(value, schema, at)
    case 'array': {
      if (!Array.isArray(value)) return [`${at}: is no list`]
      const { items } = schema
      const size = within(value.length, schema.minItems, schema.maxItems, at)
      return [...size, ...(items ? value.flatMap((entry, index) => check(entry, items, `${at}[${index}]`)) : [])]
    }
    case 'string':
      if (typeof value !== 'string') return [`${at}: is no text`]
      if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
        return [`${at}: does not match ${schema.pattern}`]
      return within(value.length, schema.minLength, schema.maxLength, at)
    case 'integer':
    case 'number':
      if (typeof value !== 'number' || (schema.type === 'integer' && !Number.isInteger(value)))
        return [`${at}: is no ${schema.type}`]
      return within(value, schema.minimum, schema.maximum, at)
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at}: is no boolean`]
    case 'null':
      return value === null ? [] : [`${at}: is not null`]
    default:
      return schema.properties ? checkObject(value, schema, at) : []
  }
}

function checkObject(value: unknown, schema: Schema, at: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: is no object`]
  const { properties = {}, required = [], additionalProperties: others } = schema
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}: no ${name}`)
  const wrong = Object.entries(value).flatMap(([name, entry]) => {
    const property = properties[name]
    if (property) return check(entry, property, `${at}.${name}`)
    if (others === false) return [`${at}: has no ${name}`]
    return typeof others === 'object' ? check(entry, others, `${at}.${name}`) : []
  })
  return [...missing, ...wrong]
}

function within(size: number, min: number | undefined, max: number | undefined, at: string): string[] {
  return size < (min ?? size) || size > (max ?? size) ? [`${at}: ${size} is not within ${min} and ${max}`] : []
}
