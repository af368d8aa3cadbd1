import { targets } from '../routes.ts'
import type { Scene } from '../scene.ts'

export const circuit: Scene = {
  name: 'A circuit opens, and closes again',
  story:
    'OpenAI fails three times in a row. Its circuit opens and nobody loses time with it; later one call tries, and it is back.',
  vendors: { openai: { type: 'refuse', status: 500, message: 'Internal error', errorType: 'server_error' } },
  // The defaults are 5 failures and 5 seconds.
  circuit: { consecutiveFailures: 3, openMs: 1500 },
  async play({ vendors, chat, tell, untilReady, check, circuitEvents }) {
    const outcomes = [await chat(), await chat(), await chat()]
    check(
      'every caller was served all the while',
      outcomes.every((outcome) => outcome.type === 'answered' && outcome.target === targets.anthropic),
    )
    check('three failures opened the circuit', circuitEvents(targets.openai).join() === 'circuit-opened')
    const skipped = await chat()
    check(
      'the next request skipped it without a call, and says so',
      skipped.ledger.exclusions[0]?.reason === 'circuit-open' && vendors.openai.requests === 3,
    )
    vendors.openai.play({
      type: 'answer',
      text: 'OpenAI (a mock): I am well again, and blue light still scatters most.',
    })
    tell('OpenAI recovers, and the circuit has been open for its time')
    await untilReady(targets.openai)
    const probe = await chat()
    check(
      'one call tried it and closed the circuit',
      probe.type === 'answered' &&
        probe.target === targets.openai &&
        circuitEvents(targets.openai).join() === 'circuit-opened,circuit-half-opened,circuit-closed',
    )
  },
}
