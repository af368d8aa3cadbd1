import type { FinishEvent, StreamEvent } from '@llmfb/core/provider'
import { ok, strictEqual } from 'node:assert/strict'

interface OpenCall {
  readonly id: string
  readonly name: string
  arguments: string
}

/**
 * Passes on what a provider's stream yields and holds it to the contract: nothing empty, tool calls that agree with
 * their deltas, and `finish` once, at the very end. Its complaints are AssertionErrors, never ProviderErrors.
 */
export async function* checkEvents(events: AsyncIterable<StreamEvent>): AsyncGenerator<StreamEvent, void, undefined> {
  const calls = new Map<number, OpenCall>()
  let finish: FinishEvent | undefined
  for await (const event of events) {
    ok(finish === undefined, `the stream goes on behind 'finish', with '${event.type}'`)
    if (event.type === 'finish') {
      finish = event
      continue
    }
    if (event.type === 'text-delta' || event.type === 'reasoning-delta') {
      ok(event.text !== '' || event.opaque !== undefined, `the stream has an empty ${event.type}`)
    } else if (event.type === 'tool-call-delta') {
      const call = calls.get(event.index)
      if (call) {
        ok(event.arguments !== '', `the stream has an empty tool-call-delta for call ${event.index}`)
        strictEqual(event.id, call.id, `the id of tool call ${event.index} changes`)
        call.arguments += event.arguments
      } else {
        const { id, name = '' } = event
        ok(name !== '', `the first delta of tool call ${event.index} has no name`)
        calls.set(event.index, { id, name, arguments: event.arguments })
      }
    } else if (event.type === 'tool-call') {
      const { index, id, name } = event
      const call = calls.get(index)
      if (call) checkCall(call, { id, name, arguments: event.arguments }, index)
      calls.delete(index)
    }
    yield event
  }
  ok(finish, `the stream ended without 'finish' and without an error`)
  for (const index of calls.keys()) ok(false, `tool call ${index} has deltas and no 'tool-call'`)
  yield finish
}

function checkCall(streamed: OpenCall, call: OpenCall, index: number): void {
  strictEqual(call.id, streamed.id, `the id of tool call ${index} differs from its deltas'`)
  strictEqual(call.name, streamed.name, `the name of tool call ${index} differs from its deltas'`)
  strictEqual(call.arguments, streamed.arguments, `the arguments of tool call ${index} differ from its deltas'`)
}
