import type { Mode } from './client.ts'

/** What a service says, in its own words. */
export interface Answer {
  /** Media type of a stream. */
  readonly streamType: string
  readonly completion: string
  /** The pieces of a stream, sent one by one. */
  readonly pieces: readonly (string | Uint8Array)[]
}

/** Chunks with text in one stream. */
export const chunks = 200

export const piece = ' blue'

/** What every client must come back with. */
export const expectedText: Readonly<Record<Mode, string>> = {
  chat: 'Because air scatters blue light more than red.',
  stream: piece.repeat(chunks),
}

/** `make` for each chunk of a stream. */
export function eachChunk<Piece>(make: () => Piece): Piece[] {
  return Array.from({ length: chunks }, make)
}
