// The wire
export { startWireServer } from './wire/wire-server.ts'
export type { Answering, WireServer } from './wire/wire-server.ts'
export type { WireAnswer, WirePieces } from './wire/wire-answer.ts'
export type { WireRequest } from './wire/wire-request.ts'

// What real services answered
export { readRecordings } from './recordings/read-recordings.ts'
export { testRecordings } from './recordings/test-recordings.ts'
export type { RecordingTests } from './recordings/test-recordings.ts'
export type { ReadAnswer, ReadTool, Recording } from './recordings/recording.ts'

// The test runner that is handed in
export type { Test } from './test.ts'
