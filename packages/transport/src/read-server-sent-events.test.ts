import { expect, it } from 'vitest'
import { readServerSentEvents } from './read-server-sent-events.ts'

it('reads', async () => {
  const body = new Blob(['data: a\n\nevent: x\ndata:b\ndata: c\r\n\r\ndata: cut']).stream()
  const events = []
  for await (const event of readServerSentEvents(body)) events.push(event)
  expect(events).toEqual([{ event: undefined, data: 'a' }, { event: 'x', data: 'b\nc' }])
})
