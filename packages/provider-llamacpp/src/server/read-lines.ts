import type { Readable } from 'node:stream'

/** Longest line that is kept whole, in characters; what a server prints is not ours to trust. */
const longestLine = 2000

/** Hands over the lines of a stream as they come, without their ends; longer ones in pieces, and no empty ones. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  const take = (line: string): void => {
    const text = line.trimEnd()
    if (text !== '') onLine(text)
  }
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) for (const piece of cut(line)) take(piece)
    while (rest.length > longestLine) {
      take(rest.slice(0, longestLine))
      rest = rest.slice(longestLine)
    }
  })
  stream.on('end', () => take(rest))
  stream.on('error', () => {}) // the end of the process says what there is to say
}

function cut(line: string): string[] {
  if (line.length <= longestLine) return [line]
  return Array.from({ length: Math.ceil(line.length / longestLine) }, (_, index) =>
    line.slice(index * longestLine, (index + 1) * longestLine),
  )
}
