import type { Opaque, AssistantPart } from '../provider/part.ts'
import type { StreamEvent } from '../provider/stream-event.ts'

interface OpenCall {
  readonly id: string
  name: string
  arguments: string
}

/** Puts the pieces of a stream together to the parts of an answer. */
export class Collector {
  #text = ''
  readonly #parts: AssistantPart[] = []
  #open: { type: 'text' | 'reasoning'; text: string } | undefined
  readonly #calls = new Map<number, OpenCall>()

  add(event: StreamEvent): void {
    switch (event.type) {
      case 'text-delta':
        this.#text += event.text
        this.#append('text', event.text, event.opaque)
        break
      case 'reasoning-delta':
        this.#append('reasoning', event.text, event.opaque)
        break
      case 'tool-call-delta': {
        this.#close()
        const call = this.#calls.get(event.index)
        if (call) call.arguments += event.arguments
        else this.#calls.set(event.index, { id: event.id, name: event.name ?? '', arguments: event.arguments })
        break
      }
      case 'tool-call': {
        this.#close()
        this.#calls.delete(event.index)
        const { index: _, ...part } = event
        this.#parts.push(part)
        break
      }
      case 'file':
        this.#close()
        this.#parts.push(event)
        break
      case 'usage':
      case 'finish':
      case 'attempt-failed':
      case 'reset':
        break
    }
  }

  /** All text so far. */
  get text(): string {
    return this.#text
  }

  /** The parts so far; what is still being received stands last, as far as it came. */
  get content(): readonly AssistantPart[] {
    const calls = [...this.#calls.values()].map((call): AssistantPart => ({ type: 'tool-call', ...call }))
    return [...this.#parts, ...(this.#open ? [{ ...this.#open }] : []), ...calls]
  }

  #append(type: 'text' | 'reasoning', text: string, opaque: Opaque | undefined): void {
    if (text === '' && opaque === undefined) return
    if (this.#open?.type !== type) {
      this.#close()
      this.#open = { type, text: '' }
    }
    this.#open.text += text
    if (opaque === undefined) return
    this.#parts.push({ ...this.#open, opaque })
    this.#open = undefined
  }

  #close(): void {
    if (this.#open) this.#parts.push(this.#open)
    this.#open = undefined
  }
}
