import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

// AWS's own description of the service, beside this repository; where it is not there, nothing is checked by it.
const path = resolve(import.meta.dirname, '../../../../shared/specs/bedrock-runtime.service-2.json')

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

interface Description {
  readonly shapes: Readonly<Record<string, Shape>>
  readonly operations: Readonly<Record<string, { readonly input: { readonly shape: string } }>>
}

const description: Description | undefined = existsSync(path)
  ? (JSON.parse(readFileSync(path, 'utf8')) as Description)
  : undefined

/** Whether requests are checked by the description. */
export const isDescribed: boolean = description !== undefined

/** What is wrong with the body of a request to `operation`, a line each; nothing where it is as described. */
export function problemsOf(operation: string, body: unknown): string[] {
  const shape = description?.operations[operation]?.input.shape
  return shape === undefined ? [] : check(body, shape, operation)
}

function check(value: unknown, name: string, at: string): string[] {
  const shape = description?.shapes[name]
  if (!shape) return [`${at}: no shape ${name}`]
  switch (shape.type) {
    case 'structure':
      return shape.document ? [] : checkStructure(value, shape, at)
    case 'list':
      if (!Array.isArray(value)) return [`${at}: is no list`]
      return [
        ...checkSize(value.length, shape, at),
        ...value.flatMap((entry, index) => check(entry, shape.member?.shape ?? '', `${at}[${index}]`)),
      ]
    case 'map':
      if (typeof value !== 'object' || value === null) return [`${at}: is no map`]
      return Object.entries(value).flatMap(([key, entry]) => [
        ...check(key, shape.key?.shape ?? '', `${at} key`),
        ...check(entry, shape.value?.shape ?? '', `${at}.${key}`),
      ])
    case 'string':
      return checkText(value, shape, at)
    case 'blob':
      return typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value) ? [] : [`${at}: is no base64`]
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at}: is no boolean`]
    default:
      return typeof value === 'number' ? checkSize(value, shape, at) : [`${at}: is no number`]
  }
}

function checkStructure(value: unknown, shape: Shape, at: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: is no structure`]
  const members = shape.members ?? {}
  const inBody = (name: string): boolean => members[name]?.location === undefined
  const given = Object.keys(value)
  return [
    ...(shape.union && given.length !== 1 ? [`${at}: is not one of its members`] : []),
    ...(shape.required ?? [])
      .filter((name) => inBody(name) && !given.includes(name))
      .map((name) => `${at}: no ${name}`),
    ...Object.entries(value).flatMap(([name, entry]) =>
      members[name] ? check(entry, members[name].shape, `${at}.${name}`) : [`${at}: has no member ${name}`],
    ),
  ]
}

function checkText(value: unknown, shape: Shape, at: string): string[] {
  if (typeof value !== 'string') return [`${at}: is no text`]
  if (shape.enum && !shape.enum.includes(value)) return [`${at}: '${value}' is not one of ${shape.enum.join(', ')}`]
  if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`).test(value)) {
    return [`${at}: '${value}' does not match ${shape.pattern}`]
  }
  return checkSize(value.length, shape, at)
}

function checkSize(size: number, { min = -Infinity, max = Infinity }: Shape, at: string): string[] {
  return size < min || size > max ? [`${at}: ${size} is not within ${min} and ${max}`] : []
}
