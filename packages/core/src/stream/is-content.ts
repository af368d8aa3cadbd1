import type { StreamEvent } from '../provider/stream-event.ts'

/** Whether an event carries something of the answer; the first that does commits a stream to its target. */
export function isContent(event: StreamEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return event.text !== '' || event.opaque !== undefined
    case 'tool-call-delta':
    case 'tool-call':
    case 'file':
      return true
    default:
      return false
  }
}
