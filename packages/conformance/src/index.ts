// The wire
export { startWireServer } from './wire/wire-server.ts'
export type { Answering, WireServer } from './wire/wire-server.ts'
export type { WireAnswer, WirePieces } from './wire/wire-answer.ts'
export type { WireRequest } from './wire/wire-request.ts'

// What real services answered
export { readRecordings } from './recordings/read-recordings.ts'
export { testRecordings } from './recordings/test-recordings.ts'
export type { RecordingTally, RecordingTests } from './recordings/test-recordings.ts'
export type { ReadAnswer, ReadTool, Recording } from './recordings/recording.ts'

// The suite
export { testProvider } from './suite/test-provider.ts'
export type { ProviderTests, RecordedAnswers } from './suite/test-provider.ts'
export type { Created, ServiceOptions } from './suite/bench.ts'

// A provider's package
export { testPackage } from './package/test-package.ts'
export type { PackageTests } from './package/test-package.ts'

// A `fetch` of its caller's
export { testDeafFetch } from './fetch/test-deaf-fetch.ts'
export type { DeafFetchTests } from './fetch/test-deaf-fetch.ts'

// A mock that others wrote
export { aimock } from './mock/aimock.ts'
export type { AimockAnswer, AimockClass, AimockError, AimockFixture, AimockOptions } from './mock/aimock.ts'
export type { MockFailure, MockService, RunningMock } from './mock/mock-service.ts'

// How vendors describe their APIs
export { readDescription } from './description/read-description.ts'
export type { ReadDescriptionOptions } from './description/read-description.ts'
export { problemsBy } from './description/schema.ts'
export type { Schema, Schemas } from './description/schema.ts'
export type { DescriptionOptions, ServiceDescription } from './description/service-description.ts'

// How services speak
export { anthropicMessages } from './dialect/anthropic-messages.ts'
export { chatCompletions } from './dialect/chat-completions.ts'
export type { ChatCompletionsWords } from './dialect/chat-completions.ts'
export { ollamaChat } from './dialect/ollama-chat.ts'
export { responses } from './dialect/responses.ts'
export type {
  Asked,
  ReportedKind,
  SpokenAnswer,
  SpokenFacets,
  SpokenFailure,
  SpokenPart,
  SpokenStream,
  StreamedFailure,
  Told,
  WireDialect,
} from './dialect/wire-dialect.ts'

// The evidence
export { claimsTooMuch, tierOf } from './report/tier.ts'
export { countCases } from './report/report.ts'
export { readReport } from './report/report-file.ts'
export type { CaseResult, Counts, Report } from './report/report.ts'

// The test runner that is handed in
export type { Test } from './test.ts'
