import type { ChatResponse, Warning } from '@llmfb/core/provider'
import { ok, strictEqual } from 'node:assert/strict'
import type { Bench } from './bench.ts'
import { failureOf } from './expect.ts'

/** Holds a provider to refusing what it cannot do: nothing is sent, and the error names provider and parameter. */
export async function expectRefused(
  bench: Bench,
  call: Promise<unknown>,
  parameter: string,
  what: string,
): Promise<void> {
  const before = bench.server.requests.length
  const error = await failureOf(call, `${what}: ${parameter}`, ['invalid-request'])
  strictEqual(bench.server.requests.length, before, `${what}: ${parameter} was refused, and sent all the same`)
  ok(error.message.includes(parameter), `${what}: the error does not name ${parameter}: ${error.message}`)
  namesProvider(bench, error.message, what)
}

/**
 * The same, where nothing of an answer is lost without it: the call may go on without the parameter, if a warning says
 * so.
 *
 * @returns whether the call went on
 */
export async function expectRefusedOrTold(
  bench: Bench,
  call: Promise<ChatResponse>,
  parameter: string,
  what: string,
): Promise<boolean> {
  let warnings: readonly Warning[]
  try {
    warnings = (await call).warnings
  } catch (error) {
    await expectRefused(bench, Promise.reject(error), parameter, what)
    return false
  }
  const warning = warnings.find((each) => each.parameter === parameter || each.parameter?.startsWith(`${parameter}.`))
  ok(warning, `${what}: ${parameter} is not declared, and neither refused nor warned of`)
  ok(
    warning.type !== 'other' && warning.message !== '',
    `${what}: the warning of ${parameter} does not say what was done`,
  )
  return true
}

function namesProvider({ names }: Bench, message: string, what: string): void {
  const lower = message.toLowerCase()
  ok(
    names.some((name) => lower.includes(name.toLowerCase())),
    `${what}: the error does not name the provider: ${message}`,
  )
}
