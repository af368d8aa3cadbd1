import type { styleText } from 'node:util'

/** How a piece of text looks. */
export type Format = Parameters<typeof styleText>[0]

/** Where the demo writes. */
export interface Terminal {
  write(text: string): void
  /** Characters that fit on a line. */
  readonly columns: number
  /** `text` in a colour or weight, or as it is where there are none. */
  paint(format: Format, text: string): string
}
