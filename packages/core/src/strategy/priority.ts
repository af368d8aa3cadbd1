import type { Strategy } from './strategy.ts'

/** In the order in which the route lists them. */
export const priority: Strategy = {
  name: 'priority',
  order: (candidates) => candidates,
}
