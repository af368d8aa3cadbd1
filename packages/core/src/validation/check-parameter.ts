import type { ParameterName } from '../provider/capabilities.ts'
import { checkFields, describe, isFields } from './shape.ts'
import type { Report } from './shape.ts'

/** The names of all parameters a request can carry. */
export const parameterNames: readonly ParameterName[] = [
  'temperature',
  'topP',
  'topK',
  'maxTokens',
  'stop',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'reasoning',
  'parallelToolCalls',
  'user',
  'metadata',
]

const efforts: readonly unknown[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

function checkNumber(value: unknown, path: string, report: Report, min: number, max: number): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) report(path, `must be a number, not ${describe(value)}`)
  else if (value < min || value > max) report(path, `must be ${min} to ${max}, not ${value}`)
}

function checkCount(value: unknown, path: string, report: Report, min: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= min) return
  report(path, `must be a whole number of at least ${min}${typeof value === 'number' ? `, not ${value}` : `, not ${describe(value)}`}`)
}

/** Checks one tunable parameter for its type and for bounds that hold for every service. */
export function checkParameter(name: string, value: unknown, path: string, report: Report): void {
  switch (name) {
    case 'temperature':
      return checkNumber(value, path, report, 0, 2)
    case 'topP':
      return checkNumber(value, path, report, 0, 1)
    case 'presencePenalty':
    case 'frequencyPenalty':
      return checkNumber(value, path, report, -2, 2)
    case 'topK':
    case 'maxTokens':
      return checkCount(value, path, report, 1)
    case 'seed':
      return checkCount(value, path, report, Number.MIN_SAFE_INTEGER)
    case 'stop': {
      const good = Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string' && text !== '')
      if (!good) report(path, 'must be an array of at least one text, none of them empty')
      return
    }
    case 'parallelToolCalls':
      if (typeof value !== 'boolean') report(path, `must be true or false, not ${describe(value)}`)
      return
    case 'user':
      if (typeof value !== 'string' || value === '') report(path, 'must be a text that is not empty')
      return
    case 'metadata': {
      const good = isFields(value) && Object.values(value).every((label) => typeof label === 'string')
      if (!good) report(path, 'must be an object whose values are texts')
      return
    }
    case 'reasoning':
      return checkReasoning(value, path, report)
  }
}

function checkReasoning(value: unknown, path: string, report: Report): void {
  if (!isFields(value)) return report(path, `must be an object, not ${describe(value)}`)
  checkFields(value, ['effort', 'budgetTokens'], path, report)
  const { effort, budgetTokens } = value
  if (effort !== undefined && !efforts.includes(effort)) report(`${path}.effort`, `must be one of ${efforts.join(', ')}`)
  if (budgetTokens !== undefined) checkCount(budgetTokens, `${path}.budgetTokens`, report, 1)
}
