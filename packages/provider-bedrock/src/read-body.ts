/** Waits for the next piece of an answer. */
export interface Reader {
  read<T>(work: Promise<T>): Promise<T>
}

/** The bytes of a body, all of them or as many as `most`. */
export async function readBody(
  pieces: AsyncIterator<Uint8Array>,
  reader: Reader,
  most: number = Infinity,
): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  let length = 0
  while (length < most) {
    const { value, done } = await reader.read(pieces.next())
    if (done) return concat(all, length)
    all.push(value)
    length += value.length
  }
  void pieces.return?.() // what takes its time to close is not waited for
  return concat(all, length)
}

function concat(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = pieces
  if (first && pieces.length === 1) return first
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
