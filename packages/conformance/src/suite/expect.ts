import type { ChatResponse, ProviderError } from '@llmfb/core/provider'
import { isProviderError, systemClock } from '@llmfb/core/provider'
import { AssertionError, deepStrictEqual, fail, ok, strictEqual } from 'node:assert/strict'
import type { SpokenAnswer } from '../dialect/wire-dialect.ts'
import { comparable, textOf } from './spoken.ts'

/** How long anything may take, in milliseconds, before a case counts as hanging. Far more than any of them needs. */
const patienceMs = 10_000

/** Waits for `work`, but not for ever. */
export async function within<T>(work: Promise<T>, what: string): Promise<T> {
  let cancel = (): void => {}
  const late = new Promise<never>((_resolve, reject) => {
    const timer = systemClock.schedule(patienceMs, () => reject(new AssertionError({ message: `${what}: it hangs` })))
    cancel = () => timer.cancel()
  })
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}

/** What a promise rejects with. */
export async function rejectionOf(work: Promise<unknown>, what: string): Promise<unknown> {
  let value: unknown
  try {
    value = await within(work, what)
  } catch (error) {
    if (error instanceof AssertionError) throw error
    return error
  }
  return fail(`${what}: it passed for a success: ${JSON.stringify(value)?.slice(0, 200) ?? String(value)}`)
}

/** The ProviderError that a promise rejects with, of one of `kinds` where any are named. */
export async function failureOf(
  work: Promise<unknown>,
  what: string,
  kinds: readonly ProviderError['kind'][] = [],
): Promise<ProviderError> {
  const error = await rejectionOf(work, what)
  if (!isProviderError(error)) {
    const shown = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    throw new AssertionError({ message: `${what}: not a ProviderError: ${shown}` })
  }
  if (kinds.length > 0) {
    ok(kinds.includes(error.kind), `${what}: kind '${error.kind}' instead of ${kinds.join(' or ')} (${error.message})`)
  }
  return error
}

/** Holds a response to what was said on the wire: content, text and model. */
export function expectSaid(response: ChatResponse, spoken: SpokenAnswer, what: string): void {
  const expected = spoken.parts.map((part) => {
    const joined = part.pieces.join('')
    if (part.type === 'text') return { type: part.type, text: joined } as const
    if (part.type === 'reasoning') return { type: part.type, text: joined } as const
    return { type: part.type, id: part.id, name: part.name, arguments: joined } as const
  })
  strictEqual(response.text, textOf(spoken), `${what}: text`)
  deepStrictEqual(sorted(comparable(response.content)), sorted(comparable(expected)), `${what}: content`)
  strictEqual(response.finishReason.unified, spoken.finish, `${what}: finishReason.unified`)
  strictEqual(response.model, spoken.model, `${what}: model`)
}

/** Services differ in which comes first, reasoning, text or tool calls; within a kind the order counts. */
function sorted(parts: unknown[]): unknown[] {
  const order = ['reasoning', 'text', 'tool-call', 'file']
  const place = (part: unknown): number => order.indexOf((part as { readonly type: string }).type)
  return parts.toSorted((a, b) => place(a) - place(b))
}
