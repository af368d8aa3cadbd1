import { chatCompletions, type SpokenStream, type WireAnswer } from '@llmfb/conformance'
import { type Said, toSpoken } from './said.ts'

// OpenRouter says reasoning twice: as text, and in details that hold its signature.

const plain = chatCompletions({ reasoningField: 'reasoning' })

interface Body {
  readonly choices: readonly [Readonly<Record<'message' | 'delta', object>>]
}

function detail(fields: object): object {
  return { reasoning_details: [{ type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, ...fields }] }
}

function change(body: string, name: 'message' | 'delta', fields: object): string {
  const { choices, ...rest } = JSON.parse(body) as Body
  const [choice] = choices
  return JSON.stringify({ ...rest, choices: [{ ...choice, [name]: { ...choice[name], ...fields } }] })
}

export function detailedAnswer(said: Said): WireAnswer {
  const answer = plain.answer(toSpoken(said))
  const { reasoning: text, signature } = said
  return text === ''
    ? answer
    : { ...answer, body: change(answer.body as string, 'message', detail({ text, signature })) }
}

/** The signature comes alone, behind the text that it signs. */
export function detailedStream(said: Said): SpokenStream {
  const { headers, events } = plain.stream(toSpoken(said))
  const { reasoning: text, signature } = said
  if (text === '') return { headers, events }
  return {
    headers,
    events: events.flatMap((event) => {
      const data = String(event).replace(/^data: /, '')
      if (!data.includes('"reasoning":"')) return [event]
      const thought = change(data, 'delta', detail({ text }))
      const signed = change(data, 'delta', { reasoning: null, ...detail({ signature }) })
      return [`data: ${thought}\n\n`, `data: ${signed}\n\n`]
    }),
  }
}
