import { targets } from '../routes.ts'
import type { Scene } from '../scene.ts'

/** @param question asked instead of the demo's own; the mock's answer repeats it */
export function healthy(question?: string): Scene {
  const text = `You asked: “${question}” I am a mock server in place of OpenAI, and can only repeat it.`
  return {
    name: question === undefined ? 'A healthy call' : 'Your question',
    story:
      question === undefined
        ? 'OpenAI, first of the route, answers. A success has a ledger too: who was called, and how long it took. (The first call to a provider also loads its SDK.)'
        : 'A mock server in place of OpenAI answers it. With --live, a real one does.',
    ...(question === undefined ? {} : { question }),
    vendors: question === undefined ? {} : { openai: { type: 'answer', text } },
    async play({ vendors, chat, check }) {
      const outcome = await chat()
      check('the first target answered', outcome.type === 'answered' && outcome.target === targets.openai)
      check('one call was made, and to nobody else', vendors.openai.requests === 1 && vendors.anthropic.requests === 0)
    },
  }
}
