export { readServerSentEvents } from './read-server-sent-events.ts'
export type { ServerSentEvent } from './event-parser.ts'
export { EventTooLargeError } from './event-too-large-error.ts'
export { releaseBody, type ReleaseClock } from './release-body.ts'
