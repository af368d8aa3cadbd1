import type { Scene } from '../scene.ts'

const text = 'The sky is blue because air scatters short waves of light far more than long ones.'

export const streamCut: Scene = {
  name: 'A stream is cut in the middle',
  story:
    'OpenAI has begun to answer when the connection breaks. Halves of two answers make none, so it ends in an error that carries what was delivered.',
  vendors: { openai: { type: 'cut-stream', text, afterEvents: 3 } },
  async play({ vendors, stream, check }) {
    const outcome = await stream()
    const interrupted = outcome.type === 'interrupted'
    check('it ended in an error, not as if it were complete', interrupted)
    check(
      'the error carries exactly what the reader saw',
      interrupted &&
        outcome.text !== '' &&
        text.startsWith(outcome.text) &&
        outcome.error.delivered.text === outcome.text,
    )
    check('no other provider was asked to go on', vendors.anthropic.requests === 0)
  },
}
