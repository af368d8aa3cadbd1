import type { Schema, Schemas } from './schema.ts'
import type { Description } from './service-description.ts'

/** AWS's description of a service, as botocore has it: `service-2.json`. */
export interface AwsModel {
  readonly shapes: Readonly<Record<string, AwsShape>>
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly http: { readonly method: string; readonly requestUri: string }
        readonly input?: { readonly shape: string }
      }
    >
  >
}

interface AwsShape {
  readonly type: string
  readonly members?: Readonly<Record<string, { readonly shape: string; readonly location?: string }>>
  readonly member?: { readonly shape: string }
  readonly value?: { readonly shape: string }
  readonly required?: readonly string[]
  readonly enum?: readonly string[]
  readonly union?: boolean
  readonly document?: boolean
  /** The member that is the whole body. */
  readonly payload?: string
  readonly pattern?: string
  readonly min?: number
  readonly max?: number
}

/** AWS's words in those of OpenAPI. */
export function fromAwsModel({ shapes, operations }: AwsModel): Description {
  const bodies = Object.values(operations).flatMap(({ http, input }) => {
    const shape = shapes[input?.shape ?? '']
    // A body that belongs to a model is described by whoever made the model.
    if (http.method !== 'POST' || !input || !shape) return []
    return [[http.requestUri, shape.payload === undefined ? refer(input.shape) : {}] as const]
  })
  return {
    bodies: Object.fromEntries(bodies),
    schemas: Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, fromShape(shape)])),
  }
}

function refer(shape: string): Schema {
  return { $ref: shape }
}

/** One of several members is a choice of objects that have but one. */
function fromShape(shape: AwsShape): Schema {
  const { min, max, pattern } = shape
  switch (shape.type) {
    case 'structure':
      return fromStructure(shape)
    case 'list':
      return { type: 'array', items: refer(shape.member?.shape ?? ''), ...bounds('minItems', min, 'maxItems', max) }
    case 'map':
      return { type: 'object', additionalProperties: refer(shape.value?.shape ?? '') }
    case 'blob':
      return { type: 'string', pattern: '^[A-Za-z0-9+/]*={0,2}$' }
    case 'string':
      return {
        type: 'string',
        ...(shape.enum && { enum: shape.enum }),
        ...(pattern !== undefined && { pattern: `^(?:${pattern})$` }),
        ...bounds('minLength', min, 'maxLength', max),
      }
    case 'boolean':
      return { type: 'boolean' }
    default:
      return {
        type: shape.type === 'integer' || shape.type === 'long' ? 'integer' : 'number',
        ...bounds('minimum', min, 'maximum', max),
      }
  }
}

function fromStructure({ members = {}, required = [], union, document }: AwsShape): Schema {
  if (document) return {}
  const inBody = Object.entries(members).filter(([, { location }]) => location === undefined)
  const properties: Schemas = Object.fromEntries(inBody.map(([name, { shape }]) => [name, refer(shape)]))
  if (union) {
    const choices = Object.entries(properties).map(([name, schema]): Schema => {
      return { type: 'object', required: [name], properties: { [name]: schema }, additionalProperties: false }
    })
    return { oneOf: choices }
  }
  const needed = required.filter((name) => Object.hasOwn(properties, name))
  return { type: 'object', properties, additionalProperties: false, required: needed }
}

function bounds(least: keyof Schema, min: number | undefined, most: keyof Schema, max: number | undefined): Schema {
  return { ...(min !== undefined && { [least]: min }), ...(max !== undefined && { [most]: max }) }
}
