import type { WireRequest } from '../wire/wire-request.ts'
import { problemsBy, type Schema, type Schemas } from './schema.ts'

/** A vendor's own description of its API, by which what a provider sends is checked. */
export interface ServiceDescription {
  /** The file it was read from. */
  readonly name: string
  /** What is wrong with a request, a line each; none where it is as described, or has no body. */
  readonly problemsOf: (request: Pick<WireRequest, 'method' | 'path' | 'body'>) => readonly string[]
  /** What is wrong with a body, by the name of its schema. */
  readonly problemsIn: (schema: string, body: unknown) => readonly string[]
}

/** What a description says of the bodies of requests. */
export interface Description {
  /** By the path that is asked with `POST`, such as `/models/{model}:generateContent`. */
  readonly bodies: Schemas
  readonly schemas: Schemas
}

export interface DescriptionOptions {
  /** Fields that the service has and its description has not, by the schema they belong to. @default none */
  readonly fields?: Readonly<Record<string, Schemas>>
  /** Paths of which it says nothing; what they are sent is not checked. @default none: it is a problem */
  readonly undescribed?: readonly string[]
}

/** Whichever path of the description a request ends with is the one that was asked: in front stands the base URL. */
export function describe(name: string, description: Description, options: DescriptionOptions): ServiceDescription {
  const { fields = {}, undescribed = [] } = options
  const schemas = { ...description.schemas }
  for (const [schema, own] of Object.entries(fields)) schemas[schema] = withFields(schemas[schema], own)
  const paths = Object.entries(description.bodies)
    .map(([path, schema]) => ({ length: path.length, isAsked: toPattern(path), schema }))
    .toSorted((one, other) => other.length - one.length)
  const problemsIn = (schema: Schema, body: unknown): string[] => problemsBy(schema, body, schemas)
  return {
    name,
    problemsIn: (schema, body) => problemsIn({ $ref: schema }, body),
    problemsOf({ method, path: whole, body }) {
      const path = whole.replace(/\?.*$/, '')
      if (method !== 'POST' || undescribed.some((each) => toPattern(each).test(path))) return []
      const asked = paths.find(({ isAsked }) => isAsked.test(path))
      return asked ? problemsIn(asked.schema, body) : [`${path} is not described`]
    },
  }
}

/** @throws where the description has no such schema, which is a name that is out of date */
function withFields(schema: Schema | undefined, fields: Schemas): Schema {
  if (!schema) throw new Error('fields of a schema that is not described')
  return { ...schema, properties: { ...schema.properties, ...fields } }
}

function toPattern(path: string): RegExp {
  const escaped = path.replace(/[.*+?^$|()[\]\\]/g, '\\$&').replace(/\{[^}]*\}/g, '[^/]+')
  return new RegExp(`${escaped}$`)
}
