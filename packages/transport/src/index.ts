export { createPool } from '#create-pool'
export type { ExchangeTiming, Pool, PoolOptions } from './pool/pool.ts'
export { obedientFetch } from './obedient-fetch.ts'
export { bodyReaderOf, type Answer, type BodyReader, type Chunk } from './body-reader.ts'
export { readText } from './read-text.ts'
export { readServerSentEvents } from './read-server-sent-events.ts'
export type { ServerSentEvent } from './event-parser.ts'
export { EventTooLargeError } from './event-too-large-error.ts'
export { releaseBody, type ReleaseClock } from './release-body.ts'
export { untilAborted } from './until-aborted.ts'
export { remember, type RememberOptions } from './remember.ts'

// Addresses, and what must not be seen of them and of headers
export { type BaseUrl, parseBaseUrl } from './base-url.ts'
export { secretsOfAddress, secretsOfHeaders, worthHiding } from './secrets.ts'

// Why there is no answer
export { causesOf, codeOf, innermostMessage, isTimeout } from './causes.ts'
