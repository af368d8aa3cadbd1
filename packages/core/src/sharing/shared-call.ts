import { amountOf, lanes } from '../limit/lanes.ts'
import { usedTokens } from '../limit/used-tokens.ts'
import type { Usage } from '../provider/usage.ts'
import type { Reservation } from './shared-limit.ts'

/** Takes an amount of one limit, as `SharedState.reserve` does. */
export type Reserve = (key: string, amount: number, limit: number, windowMs: number) => Promise<Reservation | undefined>

/** What a call has taken of the limits that all processes share. It ends in exactly one of these; neither waits. */
export interface SharedCall {
  /** The call ended, well or not. Without its usage, the tokens remain as they were estimated. */
  settle(usage: Usage | undefined): void
  /** The call never went out after all. */
  release(): void
}

const minuteMs = 60_000

/**
 * Takes what one call needs of all limits of its target, or nothing.
 *
 * @param limits by lane, of a minute
 * @returns undefined when it does not fit one of them
 */
export async function reserveCall(
  reserve: Reserve,
  target: string,
  limits: readonly (number | undefined)[],
  inputTokens: number,
  outputTokens: number,
): Promise<SharedCall | undefined> {
  const held = await Promise.all(
    limits.flatMap((limit, lane) => {
      const amount = amountOf(lane, inputTokens, outputTokens)
      return limit === undefined ? [] : [take(reserve, `${target}:${lanes[lane]}`, amount, limit, lane)]
    }),
  )
  const release = (): void => {
    for (const { reservation, amount } of held) void reservation?.settle(-amount)
  }
  if (held.some(({ reservation }) => reservation === undefined)) {
    release()
    return undefined
  }
  return {
    release,
    settle(usage) {
      const [input, output] = usedTokens(usage) ?? []
      if (input === undefined || output === undefined) return
      for (const { reservation, amount, lane } of held) {
        const delta = amountOf(lane, input, output) - amount
        if (delta !== 0) void reservation?.settle(delta)
      }
    },
  }
}

interface Taken {
  readonly lane: number
  readonly amount: number
  readonly reservation: Reservation | undefined
}

async function take(reserve: Reserve, key: string, amount: number, limit: number, lane: number): Promise<Taken> {
  return { lane, amount, reservation: await reserve(key, amount, limit, minuteMs) }
}
