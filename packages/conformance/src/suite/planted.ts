import { Buffer } from 'node:buffer'
import { strictEqual } from 'node:assert/strict'
import { inspect } from 'node:util'
import { benchKey } from './bench.ts'

/** Keys of a pool. None has the shape of a vendor's, so that only a redactor that was told of it takes it out. */
export const plantedKeys: readonly [string, string, string] = [
  benchKey,
  'planted-alternate-2e6b58d904',
  'planted-substitute-a17c03f9e6',
]

/** Other secrets that a caller may hand over: in a header, in the address. */
export const headerSecret = 'planted-header-c48e10b7'
export const urlPassword = 'planted-password-95d2e6'
const secrets = [...plantedKeys, headerSecret, urlPassword]

/** What a service says that repeats whatever it was sent. */
export function echoOf(keys: readonly string[]): string {
  const all = keys.map((key) => `${key}, Bearer ${key}, https://x.test/?key=${key}`)
  return `You sent ${headerSecret} and ${all.join('; ')}`
}

/** Fails where a value shows a secret in any way in which values are shown. */
export function expectNotShown(value: unknown, what: string): void {
  const all = { depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity, maxArrayLength: Infinity }
  const shown = [inspect(value, all), String(value), toJson(value), ...stacksOf(value)].join('\n')
  for (const secret of secrets.flatMap((each) => [each, Buffer.from(each).toString('base64')])) {
    const at = shown.indexOf(secret)
    // What it shows is cut out here too, or the report would show it.
    strictEqual(at, -1, `${what}: it shows a key, behind ${JSON.stringify(shown.slice(Math.max(0, at - 60), at))}`)
  }
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '' // Something that refers to itself.
  }
}

function stacksOf(value: unknown): string[] {
  const stacks: string[] = []
  for (let error = value; error instanceof Error && stacks.length < 10; error = error.cause) {
    stacks.push(error.stack ?? '', error.message, toJson(error))
  }
  return stacks
}
