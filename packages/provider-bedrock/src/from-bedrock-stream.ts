import { createWarnings } from '@llmfb/core/provider'
import type { StreamEvent } from '@llmfb/core/provider'
import type { ResponseContext } from './from-bedrock-response.ts'
import { createOpenBlocks } from './open-blocks.ts'
import type { ConverseEvent } from './stream-event.ts'
import { toFinishReason } from './to-finish-reason.ts'
import { toUsage } from './to-usage.ts'
import { warnOfFields } from './warnings.ts'
import { isObject } from './wire.ts'

/** Makes what a stream that is no answer is to throw. */
export interface StreamFailures {
  fail(kind: 'malformed' | 'truncated', message: string): Error
}

/**
 * The service's events as the contract's. The answer is complete with `messageStop`, and its usage with the `metadata`
 * that follows, which ends it.
 *
 * @throws what `failures` make, in particular when the stream ends before that
 */
export async function* fromBedrockStream(
  events: AsyncIterable<ConverseEvent>,
  { issuer, ...context }: ResponseContext,
  failures: StreamFailures,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { list, warn } = createWarnings()
  const blocks = createOpenBlocks(issuer, warn)
  const misplaced = (): never => {
    throw failures.fail('malformed', 'the stream goes on with a block that is not open')
  }
  let stopReason: string | undefined
  let metadata: Extract<ConverseEvent, { type: 'metadata' }>['data'] | undefined

  for await (const event of events) {
    switch (event.type) {
      case 'contentBlockStart':
        yield* blocks.start(event.data)
        break
      case 'contentBlockDelta':
        yield* blocks.delta(event.data) ?? misplaced()
        break
      case 'contentBlockStop':
        yield* blocks.stop(event.data.contentBlockIndex)
        break
      case 'messageStop':
        yield* blocks.stopAll()
        stopReason = event.data.stopReason
        if (event.data.additionalModelResponseFields !== undefined) warnOfFields(warn)
        break
      case 'metadata':
        metadata = event.data
        break
      default:
        break // messageStart says nothing
    }
    if (stopReason === undefined || metadata === undefined) continue
    yield {
      type: 'finish',
      finishReason: toFinishReason(stopReason),
      ...(isObject(metadata.usage) && { usage: toUsage(metadata.usage) }),
      warnings: [...context.warnings, ...list],
      model: issuer.model,
      provider: issuer.provider,
      ...(context.requestId !== undefined && { requestId: context.requestId }),
    }
    return
  }
  throw failures.fail('truncated', 'the stream ended before its messageStop and metadata')
}
