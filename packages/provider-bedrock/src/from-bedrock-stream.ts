import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime'
import type { StreamEvent } from '@llmfb/core/provider'
import type { ResponseContext } from './from-bedrock-response.ts'
import { createOpenBlocks } from './open-blocks.ts'
import { toFinishReason } from './to-finish-reason.ts'
import { toUsage } from './to-usage.ts'
import { createWarnings, warnOfFields } from './warnings.ts'
import { hasItsFields } from './has-its-fields.ts'

/** Makes what a stream that is no answer is to throw. */
export interface StreamFailures {
  fail(kind: 'malformed' | 'truncated', message: string): Error
}

/** Errors that the service sends as events. */
const errors = [
  'internalServerException',
  'modelStreamErrorException',
  'serviceUnavailableException',
  'throttlingException',
  'validationException',
] as const satisfies readonly (keyof ConverseStreamOutput)[]

/**
 * The service's events as the contract's. The answer is complete with `messageStop`, and its usage with the `metadata`
 * that follows, which ends it.
 *
 * @throws what `failures` make, in particular when the stream ends before that, and what the service reports within it
 */
export async function* fromBedrockStream(
  events: AsyncIterable<ConverseStreamOutput>,
  { issuer, ...context }: ResponseContext,
  failures: StreamFailures,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { list, warn } = createWarnings()
  const blocks = createOpenBlocks(issuer, warn)
  const misplaced = (): never => {
    throw failures.fail('malformed', 'the stream goes on with a block that is not open')
  }
  let stopReason: string | undefined
  let metadata: ConverseStreamOutput['metadata']

  for await (const event of events) {
    for (const name of errors) if (event[name]) throw event[name]
    if (!hasItsFields(event)) throw failures.fail('malformed', 'an event of the stream lacks what its type promises')
    if (event.contentBlockStart) yield* blocks.start(event.contentBlockStart)
    else if (event.contentBlockDelta) yield* blocks.delta(event.contentBlockDelta) ?? misplaced()
    else if (event.contentBlockStop) yield* blocks.stop(event.contentBlockStop.contentBlockIndex ?? 0)
    else if (event.messageStop) {
      yield* blocks.stopAll()
      stopReason = event.messageStop.stopReason ?? ''
      if (event.messageStop.additionalModelResponseFields !== undefined) warnOfFields(warn)
    } else if (event.metadata) metadata = event.metadata
    if (stopReason === undefined || metadata === undefined) continue
    yield {
      type: 'finish',
      finishReason: toFinishReason(stopReason),
      ...(metadata.usage && { usage: toUsage(metadata.usage) }),
      warnings: [...context.warnings, ...list],
      model: issuer.model,
      provider: issuer.provider,
      ...(context.requestId !== undefined && { requestId: context.requestId }),
    }
    return
  }
  throw failures.fail('truncated', 'the stream ended before its messageStop and metadata')
}
