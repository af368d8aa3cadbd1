import { targets } from '../routes.ts'
import type { Scene } from '../scene.ts'

export const retryAfter: Scene = {
  name: 'A rate limit is respected',
  story:
    'OpenAI answers 429 with Retry-After: 1. Until that second is over nobody calls it, and then it is first again.',
  vendors: {
    openai: {
      type: 'refuse',
      status: 429,
      message: 'Rate limit reached for requests',
      errorType: 'rate_limit_error',
      retryAfterSeconds: 1,
    },
  },
  async play({ vendors, chat, tell, untilReady, check }) {
    const limited = await chat()
    check(
      'the 429 moved on to the second target',
      limited.ledger.attempts[0]?.kind === 'rate-limit' &&
        limited.type === 'answered' &&
        limited.target === targets.anthropic,
    )
    vendors.openai.play({ type: 'answer', text: 'The limit is over, and the mock in place of OpenAI answers again.' })
    tell('OpenAI would answer again, but its second is not over')
    const paused = await chat()
    check(
      'the next request passed it over, and says so',
      paused.ledger.exclusions[0]?.reason === 'paused' && paused.ledger.attempts[0]?.target === targets.anthropic,
    )
    check('its server was called once so far', vendors.openai.requests === 1)
    await untilReady(targets.openai)
    tell('the second is over')
    const again = await chat()
    check('then it is the first again', again.type === 'answered' && again.target === targets.openai)
  },
}
