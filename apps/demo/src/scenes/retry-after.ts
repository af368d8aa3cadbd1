import { targets } from '../routes.ts'
import type { Scene } from '../scene.ts'

export const retryAfter: Scene = {
  name: 'A rate limit is respected',
  story: 'OpenAI answers 429 with Retry-After: 1. It is left alone for that second, and first again after it.',
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
    vendors.openai.play({ type: 'answer', text: 'OpenAI (a mock): I am back, and blue light still scatters most.' })
    tell('At once again, within that second')
    const paused = await chat()
    check(
      'the next request passed it over, and says so',
      paused.ledger.exclusions[0]?.reason === 'paused' && paused.ledger.attempts[0]?.target === targets.anthropic,
    )
    check('within that second its server got no request', vendors.openai.requests === 1)
    await untilReady(targets.openai)
    tell('After that second')
    const again = await chat()
    check('then it is the first again', again.type === 'answered' && again.target === targets.openai)
  },
}
