import type { StrategyFunction } from './strategy-options.ts'
import type { Strategy } from './strategy.ts'

/** A bare function to a strategy of the function's name. */
export function fromFunction(order: StrategyFunction): Strategy {
  return { name: order.name || 'custom', order }
}

/** A user's strategy, which is taken to throw when it gives what is no candidate, or gives one twice. */
export function checked(strategy: Strategy): Strategy {
  return {
    name: strategy.name,
    *order(candidates, context) {
      const given = new Set<unknown>()
      for (const candidate of strategy.order(candidates, context)) {
        if (given.has(candidate)) throw new TypeError('It gave a candidate twice')
        if (!candidates.includes(candidate)) throw new TypeError('It gave what is no candidate')
        given.add(candidate)
        yield candidate
      }
    },
    chosen: (candidate, context) => strategy.chosen?.(candidate, context),
    remark: (candidate, context) => strategy.remark?.(candidate, context),
  }
}
