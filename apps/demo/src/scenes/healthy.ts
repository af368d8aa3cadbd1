import { targets } from '../routes.ts'
import type { Scene } from '../scene.ts'

/** @param question asked instead of the demo's own; the mock's answer repeats it */
export function healthy(question?: string): Scene {
  const text = `You asked: “${question}” I am the mock in place of OpenAI and know no more than that.`
  return {
    name: question === undefined ? 'A healthy call' : 'Your question',
    story:
      question === undefined
        ? 'OpenAI, first of the route, answers. Even a success comes with its ledger: who was called, and how long it took.'
        : 'The mock server in place of OpenAI answers, since no real one is asked without --live.',
    ...(question === undefined ? {} : { question }),
    vendors: question === undefined ? {} : { openai: { type: 'answer', text } },
    async play({ vendors, chat, check }) {
      const outcome = await chat()
      check('the first target answered', outcome.type === 'answered' && outcome.target === targets.openai)
      check('one call was made, and to nobody else', vendors.openai.requests === 1 && vendors.anthropic.requests === 0)
    },
  }
}
