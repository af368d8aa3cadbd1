import { targets } from '../routes.ts'
import type { Scene } from '../scene.ts'

export const allFail: Scene = {
  name: 'Everything fails',
  story:
    'OpenAI limits, Anthropic refuses the key, Ollama hangs up and is tried again. One error tells all of it, and when it makes sense to come back.',
  vendors: {
    openai: {
      type: 'refuse',
      status: 429,
      message: 'Rate limit reached for requests',
      errorType: 'rate_limit_error',
      retryAfterSeconds: 30,
    },
    anthropic: { type: 'refuse', status: 401, message: 'invalid x-api-key', errorType: 'authentication_error' },
    ollama: { type: 'hang-up' },
  },
  async play({ chat, check }) {
    const outcome = await chat()
    const { attempts } = outcome.ledger
    const error = outcome.type === 'failed' ? outcome.error : undefined
    const named = Object.values(targets).every((target) => error?.message.includes(target))
    check('one error names every target and what it said', error !== undefined && named)
    check('its kind is what somebody can mend: the key', error?.kind === 'authentication')
    check(
      'it says when to come back: the smallest wait',
      error?.retryAfterMs !== undefined && error.retryAfterMs > 20_000 && error.retryAfterMs <= 30_000,
    )
    check(
      'only the broken connection was worth another try',
      attempts.filter(({ reason }) => reason === 'retry').every(({ target }) => target === targets.ollama) &&
        attempts.filter(({ target }) => target === targets.ollama).length === 3,
    )
  },
}
