export { staticAnswers } from './plugin.ts'
export { manifest } from './manifest.ts'
export type { AnswerFunction, StaticAnswer, StaticOptions } from './options.ts'
