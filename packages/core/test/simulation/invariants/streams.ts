import type { CreateInvariant } from '../invariant.ts'
import { pieceText } from '../world.ts'

/** What a caller receives is from one call, in order and, when it was a success, all of it. */
export const streams: CreateInvariant = (_, violate) => ({
  end({ callers, calls }) {
    for (const { id, text, outcome, plan } of callers) {
      const pieces = text.split(' ').filter((piece) => piece !== '')
      const call = Number(pieces[0]?.split('.')[0] ?? 0)
      const expected = pieces.map((_, piece) => pieceText(call, piece)).join('')
      if (text !== expected) violate(`caller ${id} received '${text}', no one call's pieces in order`)
      if (call > 0 && calls[call - 1]?.caller !== id) violate(`caller ${id} received what was meant for another`)
      if (outcome?.type === 'success') {
        const sent = plan.streamed ? (calls[call - 1]?.plan.pieces ?? 0) : 1
        if (pieces.length !== sent) violate(`caller ${id} received ${pieces.length} of ${sent} pieces, and a success`)
      }
      if (outcome?.type === 'interrupted' && outcome.ledger.delivered.text !== text) {
        violate(`caller ${id} received '${text}', and was told '${outcome.ledger.delivered.text}'`)
      }
      // A reader that takes its time over an event may lose the content behind it.
      const slow = plan.readEveryMs > 0
      if (outcome?.type === 'interrupted' && text === '' && !slow)
        violate(`caller ${id} was interrupted before any content`)
      if (outcome?.type === 'route-failed' && text !== '') violate(`caller ${id} received content, and no interruption`)
    }
  },
})
