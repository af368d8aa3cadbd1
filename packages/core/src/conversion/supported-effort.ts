import type { ReasoningEffort } from '../provider/request.ts'
import type { Warn } from './warnings.ts'

/** From the smallest to the largest. */
const ladder: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/**
 * The effort that was asked for, or else the closest to it that a model knows, which is warned of; of two as close the
 * smaller, which costs less. Undefined where it knows none that could stand in.
 *
 * @param supported in any order
 */
export function supportedEffort<Effort extends ReasoningEffort>(
  asked: ReasoningEffort,
  supported: readonly Effort[],
  model: string,
  warn: Warn,
): Effort | undefined {
  const known = supported.find((effort) => effort === asked)
  if (known !== undefined) return known
  const distance = (effort: Effort): number => Math.abs(ladder.indexOf(effort) - ladder.indexOf(asked))
  // Not to think at all is no smaller effort: it stands in for none.
  const [nearest] = supported
    .filter((effort) => effort !== 'none')
    .toSorted((a, b) => distance(a) - distance(b) || ladder.indexOf(a) - ladder.indexOf(b))
  const done = nearest === undefined ? 'it was left out' : `'${nearest}' was sent`
  const type = nearest === undefined ? 'unsupported' : 'changed'
  warn(type, `${model} does not know the effort '${asked}'; ${done}.`, 'reasoning.effort')
  return nearest
}
