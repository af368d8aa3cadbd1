import type { Attempt } from '../provider/ledger.ts'
import type { ChatResponse } from '../provider/response.ts'
import type { Usage } from '../provider/usage.ts'
import type { SuccessDetails } from './active-attempt.ts'

/** What an answer, or the end of a stream, tells the ledger; `attempts` are those of a nested route. */
export function toSuccessDetails(
  answer: Pick<ChatResponse, 'usage' | 'requestId'> & { readonly attempts?: readonly Attempt[] },
  usageSoFar?: Usage,
): SuccessDetails {
  const details: { -readonly [Field in keyof SuccessDetails]: SuccessDetails[Field] } = {}
  const usage = answer.usage ?? usageSoFar
  if (usage !== undefined) details.usage = usage
  if (answer.requestId !== undefined) details.requestId = answer.requestId
  if (answer.attempts !== undefined) details.attempts = answer.attempts
  return details
}
