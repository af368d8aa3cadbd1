const lineFeed = 0x0a

/**
 * Where the events of a streamed body end, in bytes from its start: behind the blank line of a server-sent event, behind
 * each line of JSON lines, behind each message of an AWS event stream.
 */
export function eventEnds(body: Uint8Array, contentType: string): number[] {
  if (contentType.startsWith('application/vnd.amazon.eventstream')) return messageEnds(body)
  return contentType.startsWith('text/event-stream') ? blankLineEnds(body) : lineEnds(body)
}

function lineEnds(body: Uint8Array): number[] {
  const ends: number[] = []
  for (let at = body.indexOf(lineFeed); at !== -1; at = body.indexOf(lineFeed, at + 1)) ends.push(at + 1)
  return ends
}

function blankLineEnds(body: Uint8Array): number[] {
  const ends = lineEnds(body)
  // Behind a line of nothing but its own terminator, LF or CR LF.
  return ends.filter((end, index) => {
    const length = end - (ends[index - 1] ?? 0)
    return length === 1 || (length === 2 && body[end - 2] === 0x0d)
  })
}

/** Each message starts with its length, in four bytes, most significant first. */
function messageEnds(body: Uint8Array): number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const ends: number[] = []
  for (let at = 0; at + 4 <= body.length;) {
    const length = view.getUint32(at)
    if (length < 16 || at + length > body.length) break
    at += length
    ends.push(at)
  }
  return ends
}
