import type { Terminal } from '../src/terminal.ts'

/** A terminal that keeps what is written to it, without colours. */
export interface PlainTerminal extends Terminal {
  text(): string
}

export function createPlainTerminal(columns = 100): PlainTerminal {
  let text = ''
  return {
    columns,
    write: (more) => {
      text += more
    },
    paint: (_, plain) => plain,
    text: () => text,
  }
}
