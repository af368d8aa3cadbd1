import { targets } from '../routes.ts'
import type { Scene } from '../scene.ts'

/** What opens OpenAI's stream; with one event less the mock closes the connection before its headers are out. */
const eventsBeforeContent = 2

export const streamDiesEarly: Scene = {
  name: 'A stream dies before its first word',
  story:
    'OpenAI opens a stream and the connection breaks before any content. Nobody has seen anything yet, so Anthropic takes over.',
  vendors: { openai: { type: 'cut-stream', text: 'Nobody will ever read this.', afterEvents: eventsBeforeContent } },
  async play({ stream, check }) {
    const outcome = await stream()
    const [first] = outcome.ledger.attempts
    check('the reader got one whole answer', outcome.type === 'answered' && outcome.target === targets.anthropic)
    check('and not a word of the broken one', outcome.type === 'answered' && !outcome.text.includes('Nobody'))
    check('the stream was opened, and broke off', first?.kind === 'truncated')
    check('the ledger has both calls', first?.outcome === 'failure' && outcome.ledger.attempts.length === 2)
  },
}
