import type { ParameterRange } from '../../packages/core/src/provider/capabilities.ts'
import type { ReasoningEffort } from '../../packages/core/src/provider/request.ts'

const efforts: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

function bounds({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min !== undefined && max !== undefined) return `, ${min} to ${max}`
  if (min !== undefined) return `, from ${min}`
  return max === undefined ? '' : `, up to ${max}`
}

/** Type and range in words; of reasoning, those of its budget. */
export function describeRange(range: ParameterRange): string {
  switch (range.type) {
    case 'number':
      return `number${bounds(range)}`
    case 'integer':
      return `whole number${bounds(range)}`
    case 'reasoning':
      return `whole number${bounds(range.budgetTokens ?? {})}`
    case 'strings':
      return range.maxItems === undefined ? 'texts' : `texts, at most ${range.maxItems}`
    case 'string':
      return 'text'
    case 'boolean':
      return '`true` or `false`'
    case 'labels':
      return 'names and texts'
  }
}

/** The efforts that any of the ranges has. */
export function describeEfforts(ranges: readonly ParameterRange[]): string {
  const known = ranges.map((range) => (range.type === 'reasoning' ? range.efforts : undefined))
  const named = efforts
    .filter((effort) => known.some((some) => some?.includes(effort)))
    .map((effort) => `\`${effort}\``)
  return [...named, ...(known.includes(undefined) ? ['whatever the service takes'] : [])].join(', ')
}
