import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { problemsBy, type Schema, type Schemas } from './schema.ts'

// The vendors' own descriptions, beside this repository; where they are not there, nothing is checked by them.
const folder = resolve(import.meta.dirname, '../../../../../shared/specs')

function read<Content>(name: string): Content | undefined {
  const path = resolve(folder, name)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Content) : undefined
}

interface OpenApi {
  readonly components: { readonly schemas: Schemas }
}

const openai = read<OpenApi>('openai.openapi.json')?.components.schemas
const google = read<OpenApi>('google.generativelanguage.openapi.json')?.components.schemas
const bedrock = read<{ readonly shapes: Readonly<Record<string, Shape>> }>('bedrock-runtime.service-2.json')?.shapes

/** `schema` is `CreateChatCompletionRequest` or `CreateResponse`. */
export function problemsByOpenAI(schema: string, body: unknown): string[] {
  return openai ? problemsBy({ $ref: schema }, body, openai) : []
}

const anything: Schema = {}

export function problemsByGoogle(body: unknown): string[] {
  if (!google) return []
  const { FunctionDeclaration: declaration, FunctionCall: call, FunctionResponse: response } = google
  // What is newer than the description, and objects of which it does not say that they hold anything.
  const newer: Schemas = {
    ...google,
    FunctionDeclaration: withFields(declaration, { parametersJsonSchema: anything }),
    FunctionCall: withFields(call, { args: anything }),
    FunctionResponse: withFields(response, { response: anything }),
  }
  return problemsBy({ $ref: 'GenerateContentRequest' }, body, newer)
}

function withFields(schema: Schema | undefined, fields: Schemas): Schema {
  return { ...schema, properties: { ...schema?.properties, ...fields } }
}

interface Shape {
  readonly type: string
  readonly members?: Readonly<Record<string, { readonly shape: string; readonly location?: string }>>
  readonly member?: { readonly shape: string }
  readonly key?: { readonly shape: string }
  readonly value?: { readonly shape: string }
  readonly required?: readonly string[]
  readonly enum?: readonly string[]
  readonly union?: boolean
  readonly document?: boolean
  readonly pattern?: string
  readonly min?: number
  readonly max?: number
}

export function problemsByBedrock(body: unknown): string[] {
  return bedrock ? problemsBy(toSchema('ConverseRequest'), body, allShapes(bedrock)) : []
}

function allShapes(shapes: Readonly<Record<string, Shape>>): Schemas {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, fromShape(shape)]))
}

function toSchema(shape: string): Schema {
  return { $ref: shape }
}

/** AWS's words in those of JSON Schema; one of several members is a choice of objects that have but one. */
function fromShape({ type, members = {}, member, value, required, document, ...shape }: Shape): Schema {
  const { min, max, pattern, enum: words, union } = shape
  if (type === 'structure') {
    if (document) return {}
    const inBody = Object.entries(members).filter(([, { location }]) => location === undefined)
    const properties = Object.fromEntries(inBody.map(([name, { shape: inner }]) => [name, toSchema(inner)]))
    const only = (name: string, inner: Schema): Schema => ({
      type: 'object',
      required: [name],
      properties: { [name]: inner },
    })
    if (union) return { oneOf: Object.entries(properties).map(([name, inner]) => only(name, inner)) }
    const needed = required?.filter((name) => Object.hasOwn(properties, name))
    return { type: 'object', properties, additionalProperties: false, ...(needed && { required: needed }) }
  }
  if (type === 'list')
    return { type: 'array', items: toSchema(member?.shape ?? ''), ...(min !== undefined && { minItems: min }) }
  if (type === 'map') return { type: 'object', additionalProperties: toSchema(value?.shape ?? '') }
  if (type === 'blob') return { type: 'string', pattern: '^[A-Za-z0-9+/]*={0,2}$' }
  if (type === 'string') {
    return {
      type,
      ...(words && { enum: words }),
      ...(pattern !== undefined && { pattern: `^(?:${pattern})$` }),
      ...(max !== undefined && { maxLength: max }),
    }
  }
  if (type === 'boolean') return { type }
  return {
    type: type === 'integer' || type === 'long' ? 'integer' : 'number',
    ...(min !== undefined && { minimum: min }),
  }
}
