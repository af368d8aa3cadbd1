import type { ParameterName } from '../provider/capabilities.ts'
import type { Check } from './shape.ts'
import { fields, flag, isFields, isText, must, number, oneOf, text, wholeNumber } from './shape.ts'

const penalty = number(-2, 2)

/** Types, and bounds that hold for every service. */
export const parameterChecks: Readonly<Record<ParameterName, Check>> = {
  temperature: number(0, 2),
  topP: number(0, 1),
  topK: wholeNumber(1),
  maxTokens: wholeNumber(1),
  stop: must(
    (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
    'an array of at least one text, none of them empty',
  ),
  seed: wholeNumber(Number.MIN_SAFE_INTEGER),
  presencePenalty: penalty,
  frequencyPenalty: penalty,
  reasoning: fields({
    effort: oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
    budgetTokens: wholeNumber(1),
  }),
  parallelToolCalls: flag,
  user: text,
  metadata: must(
    (value) => isFields(value) && Object.values(value).every((label) => typeof label === 'string'),
    'an object whose values are texts',
  ),
}

/** The names of all parameters a request can carry. */
export const parameterNames: readonly ParameterName[] = Object.keys(parameterChecks) as ParameterName[]
