import { shuffled } from './shuffled.ts'
import type { Strategy } from './strategy.ts'

/** Each as likely as any other. */
export const random: Strategy = {
  name: 'random',
  order: (candidates, context) => shuffled(candidates, context.random),
}
