import type { ParameterName, ParameterRange } from '../../packages/core/src/provider/capabilities.ts'
import type { ChatRequest } from '../../packages/core/src/provider/request.ts'

/** A parameter as it can be asked for by itself: reasoning is asked for in two ways. */
export interface Probe {
  readonly parameter: string
  readonly of: ParameterName
  /** A value that the range allows; undefined where it allows none. */
  readonly value: (range: ParameterRange) => unknown
  /** The request that asks for the value. */
  readonly ask: (value: unknown) => Partial<ChatRequest>
  /** What must be in the request for the parameter to have a meaning. */
  readonly besides?: (provider: string) => Partial<ChatRequest>
}

function within(range: ParameterRange, wanted: number): number {
  const { min = wanted, max = wanted } = range.type === 'number' || range.type === 'integer' ? range : {}
  return Math.min(Math.max(wanted, min), max)
}

function plain(name: ParameterName, value: Probe['value'], besides?: Probe['besides']): Probe {
  return { parameter: name, of: name, value, ask: (asked) => ({ [name]: asked }), ...(besides && { besides }) }
}

const tool = { name: 'get_time', parameters: { type: 'object', properties: {} } } as const

/** One for each parameter, with values that no service has by default. */
export const probes: readonly Probe[] = [
  plain('temperature', (range) => within(range, 0.875)),
  plain('topP', (range) => within(range, 0.875)),
  plain('topK', (range) => within(range, 17)),
  plain('maxTokens', (range) => within(range, 1234)),
  plain('stop', () => ['END']),
  plain('seed', (range) => within(range, 7)),
  plain('presencePenalty', (range) => within(range, 0.875)),
  plain('frequencyPenalty', (range) => within(range, 0.875)),
  {
    parameter: 'reasoning.effort',
    of: 'reasoning',
    value(range) {
      const { efforts = ['high'] } = range.type === 'reasoning' ? range : {}
      return efforts.includes('high') ? 'high' : efforts.at(-1)
    },
    ask: (effort) => ({ reasoning: { effort } as NonNullable<ChatRequest['reasoning']> }),
  },
  {
    parameter: 'reasoning.budgetTokens',
    of: 'reasoning',
    value: (range) =>
      range.type === 'reasoning' && range.budgetTokens
        ? within({ type: 'integer', ...range.budgetTokens }, 2345)
        : undefined,
    ask: (budgetTokens) => ({ reasoning: { budgetTokens } as NonNullable<ChatRequest['reasoning']> }),
  },
  plain(
    'parallelToolCalls',
    () => false,
    () => ({ tools: [tool] }),
  ),
  plain('user', () => 'user-1234'),
  plain(
    'metadata',
    () => ({ team: 'blue' }),
    // Some services take it with answers that they store, and not otherwise.
    (provider) => ({ providerOptions: { [provider]: { store: true } } }),
  ),
]
