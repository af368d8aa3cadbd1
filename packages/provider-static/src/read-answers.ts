import type { ConfigIssue } from '@llmfb/core'
import { InvalidConfigError } from '@llmfb/core/provider'
import type { StaticAnswer, StaticOptions } from './options.ts'

/** An answer with its formats known. */
export type Answer = Required<StaticAnswer>

type Fields = Readonly<Record<string, unknown>>
type Report = (path: string, problem: string) => void

const known = { options: ['id', 'answers', 'chunkSize'], answer: ['text', 'responseFormats'] } as const
const formats: readonly unknown[] = ['json', 'json-schema']

/** The answers by name, whichever way they were written down. @throws InvalidConfigError with all that is wrong */
export function readAnswers(options: StaticOptions): ReadonlyMap<string, Answer> {
  const issues: ConfigIssue[] = []
  const report: Report = (path, problem) => issues.push({ path, problem })
  const answers = new Map<string, Answer>()
  if (isFields(options)) {
    checkFields(options, known.options, 'options', report)
    const { chunkSize = 1, answers: given } = options
    if (!Number.isSafeInteger(chunkSize) || chunkSize < 1) {
      report('options.chunkSize', 'must be a whole number of at least 1')
    }
    const named = isFields(given) ? Object.entries(given) : []
    if (named.length === 0) report('options.answers', 'must be an object of at least one answer by name')
    for (const [name, value] of named) {
      const path = `options.answers${/^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`}`
      if (name === '' || name.includes('*'))
        report(path, "must have a name, without '*', which stands for any characters")
      answers.set(name, readAnswer(value, path, report))
    }
  } else report('options', 'must be an object { answers }')
  if (issues.length > 0) throw new InvalidConfigError(issues)
  return answers
}

/** Text of a wrong form is reported, never shown. */
function readAnswer(value: unknown, path: string, report: Report): Answer {
  if (isFields(value)) checkFields(value, known.answer, path, report)
  const { text, responseFormats } = isFields(value) ? value : { text: value, responseFormats: undefined }
  const at = isFields(value) ? `${path}.text` : path
  if ((typeof text !== 'string' || text === '') && typeof text !== 'function') {
    report(at, 'must be a text that is not empty, or a function that makes one')
  }
  const json = typeof text === 'string' && isJson(text)
  if (responseFormats === undefined) return { text: text as Answer['text'], responseFormats: json ? ['json'] : [] }
  if (!Array.isArray(responseFormats) || responseFormats.some((format) => !formats.includes(format))) {
    report(`${path}.responseFormats`, "must be an array of 'json' and 'json-schema'")
  } else if (responseFormats.length > 0 && typeof text === 'string' && !json) {
    report(`${path}.responseFormats`, 'must be empty, since the text is not JSON')
  }
  return { text, responseFormats } as Answer
}

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkFields(value: object, fields: readonly string[], path: string, report: Report): void {
  for (const name of Object.keys(value)) {
    if (!fields.includes(name)) report(`${path}.${name}`, `is not known; known are ${fields.join(', ')}`)
  }
}
