import { existsSync, readFileSync } from 'node:fs'

type Fields = Readonly<Record<string, unknown>>

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly allOf?: readonly Schema[]
}

const file = new URL('../../../../shared/specs/google.generativelanguage.openapi.json', import.meta.url)

/** What the SDK sends and the description, which is older, does not have. */
const newer = new Set(['parametersJsonSchema', 'responseJsonSchema', 'response', 'args', 'outputDimensionality'])

/**
 * Says what in a body is not as the service's own description has it; undefined where that is absent. The description
 * marks no field as required, so that what is missing is not found.
 */
export function loadApiDescription(): ((schema: string, body: unknown) => string[]) | undefined {
  if (!existsSync(file)) return undefined
  const { components } = JSON.parse(readFileSync(file, 'utf8')) as { components: { schemas: Record<string, Schema> } }
  const { schemas } = components

  function resolve(schema: Schema): Schema {
    const inner = schema.$ref === undefined ? schema.allOf?.[0] : schemas[schema.$ref.split('/').at(-1) ?? '']
    return inner === undefined ? schema : resolve(inner)
  }

  function check(schema: Schema, value: unknown, path: string): string[] {
    const { type, enum: words, properties, items } = resolve(schema)
    if (Array.isArray(value)) {
      if (items === undefined) return [`${path} is a list`]
      return value.flatMap((item, at) => check(items, item, `${path}[${at}]`))
    }
    if (typeof value === 'object' && value !== null) {
      if (properties === undefined) return type === 'object' ? [] : [`${path} is an object`]
      return Object.entries(value as Fields).flatMap(([name, item]) => {
        if (newer.has(name)) return []
        const property = properties[name]
        return property ? check(property, item, `${path}.${name}`) : [`${path}.${name} is not known`]
      })
    }
    const isRight = type === undefined || type === typeof value || (type === 'integer' && Number.isInteger(value))
    if (!isRight) return [`${path} is a ${typeof value}, not a ${type}`]
    return words && !words.includes(String(value)) ? [`${path} is '${String(value)}', none of ${words.join()}`] : []
  }

  return (name, body) => check({ $ref: name }, body, name)
}
