import type { SpokenAnswer, WireDialect } from '@llmfb/conformance'

interface Message {
  readonly reasoning?: string
}

interface Body {
  readonly choices: readonly [{ readonly message: Message; readonly delta: Message }]
}

/** Says reasoning a second time in pieces, as OpenRouter does; a signature comes alone, behind the text that it signs. */
export function withDetails(standard: WireDialect): WireDialect {
  const frame = (body: object): string | Uint8Array => standard.frame(JSON.stringify(body))

  return {
    ...standard,
    tells: { ...standard.tells, reasoning: 'signed' },
    answer(spoken) {
      const { body, ...answer } = standard.answer(spoken)
      const { choices, ...rest } = JSON.parse(body as string) as Body
      const [{ message, ...choice }] = choices
      const { reasoning } = message
      const detail = toDetail({ text: reasoning, signature: signatureOf(spoken) })
      const signed = { ...message, ...(reasoning !== undefined && { reasoning_details: [detail] }) }
      return { ...answer, body: JSON.stringify({ ...rest, choices: [{ ...choice, message: signed }] }) }
    },
    stream(spoken) {
      const { headers, events } = standard.stream(spoken)
      const signature = signatureOf(spoken)
      const isThought = (event: unknown): boolean => String(event).includes('"reasoning":"')
      const detailed = events.flatMap((event, index): (string | Uint8Array)[] => {
        if (!isThought(event)) return [event]
        const text = String(event)
        const { choices, ...rest } = JSON.parse(text.slice(text.indexOf('{'))) as Body
        const [{ delta, ...choice }] = choices
        const write = (change: object, detail: object): string | Uint8Array =>
          frame({ ...rest, choices: [{ ...choice, delta: { ...change, content: '', reasoning_details: [detail] } }] })
        const thought = write(delta, toDetail({ text: delta.reasoning }))
        if (signature === undefined || isThought(events[index + 1])) return [thought]
        return [thought, write({}, toDetail({ signature }))]
      })
      return { headers, events: detailed }
    },
  }
}

function toDetail(change: { readonly text?: string | undefined; readonly signature?: string | undefined }): object {
  return { type: 'reasoning.text', ...change, format: 'anthropic-claude-v1', index: 0 }
}

function signatureOf({ parts }: SpokenAnswer): string | undefined {
  const thought = parts.find(({ type }) => type === 'reasoning')
  return thought?.type === 'reasoning' ? thought.signature : undefined
}
