import { targets } from '../routes.ts'
import type { Scene } from '../scene.ts'

export const nextTarget: Scene = {
  name: 'The first provider is down',
  story: 'OpenAI answers 503. The same call moves on to Anthropic, and the caller gets an answer.',
  vendors: {
    openai: { type: 'refuse', status: 503, message: 'The engine is currently overloaded', errorType: 'server_error' },
  },
  async play({ vendors, chat, check }) {
    const outcome = await chat()
    const [first, second] = outcome.ledger.attempts
    check(
      'the caller got an answer from the second target',
      outcome.type === 'answered' && outcome.target === targets.anthropic,
    )
    check('the ledger keeps the failure: 503', first?.outcome === 'failure' && first.status === 503)
    check(
      'with somebody else ready it switched instead of waiting',
      second?.reason === 'next-target' && second.waitedMs === undefined && vendors.openai.requests === 1,
    )
  },
}
