/** As much of JSON Schema and OpenAPI as the descriptions of the services use. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Schemas
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

/** Schemas by name. */
export type Schemas = Readonly<Record<string, Schema>>

/**
 * What is wrong with `value`, a line each. A field that is not described is as wrong as one that is missing.
 *
 * @param schemas - what a `$ref` may name; the last segment of it counts
 */
export function problemsBy(described: Schema, value: unknown, schemas: Schemas = {}): string[] {
  function resolve(schema: Schema): Schema {
    const { $ref: reference, ...beside } = schema
    if (reference === undefined) return schema
    const found = schemas[reference.slice(reference.lastIndexOf('/') + 1)]
    if (found === undefined) throw new Error(`not described: ${reference}`)
    return { ...resolve(found), ...beside }
  }

  function namesOf(schema: Schema): string[] {
    const { properties = {}, allOf = [] } = resolve(schema)
    return [...Object.keys(properties), ...allOf.flatMap(namesOf)]
  }

  /** `outer` are names that what this schema is a part of knows. */
  function check(schema: Schema, item: unknown, at: string, outer: readonly string[] = []): string[] {
    const resolved = resolve(schema)
    if (item === null && resolved.nullable) return []
    const { allOf = [], oneOf, anyOf } = resolved
    const names = [...outer, ...namesOf(resolved)]
    return [
      ...checkKind(resolved, item, at, names),
      ...allOf.flatMap((each) => check(each, item, at, names)),
      ...[oneOf, anyOf].flatMap((choices) => closest(choices?.map((each) => check(each, item, at, names)))),
    ]
  }

  function checkKind(schema: Schema, item: unknown, at: string, names: readonly string[]): string[] {
    if (schema.enum && !schema.enum.includes(item))
      return [`${at} is ${JSON.stringify(item)}, none of ${schema.enum.join()}`]
    if (schema.const !== undefined && schema.const !== item) return [`${at} is not ${JSON.stringify(schema.const)}`]
    switch (schema.type) {
      case 'array': {
        if (!Array.isArray(item)) return [`${at} is no list`]
        const { items, minItems, maxItems } = schema
        const entries = items ? item.flatMap((entry, index) => check(items, entry, `${at}[${index}]`)) : []
        return [...within(item.length, minItems, maxItems, `${at}, items`), ...entries]
      }
      case 'string':
        if (typeof item !== 'string') return [`${at} is no text`]
        if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(item))
          return [`${at} is '${item}', which is not of the form ${schema.pattern}`]
        return within(item.length, schema.minLength, schema.maxLength, `${at}, characters`)
      case 'integer':
      case 'number':
        if (typeof item !== 'number' || (schema.type === 'integer' && !Number.isInteger(item)))
          return [`${at} is no ${schema.type}`]
        return within(item, schema.minimum, schema.maximum, at)
      case 'boolean':
        return typeof item === 'boolean' ? [] : [`${at} is no boolean`]
      case 'null':
        return item === null ? [] : [`${at} is not null`]
      case 'object':
        return checkObject(schema, item, at, names)
      default:
        return schema.properties ? checkObject(schema, item, at, names) : []
    }
  }

  function checkObject(schema: Schema, item: unknown, at: string, names: readonly string[]): string[] {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return [`${at} is no object`]
    const { properties = {}, required = [], additionalProperties: others, oneOf, anyOf } = schema
    // An object of which nothing is said holds anything; where there is a choice, what is chosen names its fields.
    const isOpen = names.length === 0 || others === true || oneOf !== undefined || anyOf !== undefined
    return [
      ...required.filter((name) => !Object.hasOwn(item, name)).map((name) => `${at} has no ${name}`),
      ...Object.entries(item).flatMap(([name, entry]) => {
        const property = properties[name]
        if (property) return check(property, entry, `${at}.${name}`)
        if (typeof others === 'object') return check(others, entry, `${at}.${name}`)
        return isOpen || names.includes(name) ? [] : [`${at}.${name} is not known`]
      }),
    ]
  }

  return check(described, value, 'body')
}

/** What is wrong with the one of several that fits best. */
function closest(problems: readonly (readonly string[])[] | undefined): readonly string[] {
  return problems?.toSorted((one, other) => one.length - other.length)[0] ?? []
}

function within(size: number, min: number | undefined, max: number | undefined, what: string): string[] {
  return size < (min ?? size) || size > (max ?? size) ? [`${what}: ${size} is not within ${min} and ${max}`] : []
}
