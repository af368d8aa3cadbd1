/** Longest message that is passed on, in UTF-16 code units; an error page of a proxy can be any size. */
const longestMessage = 500

/** What a service said, in one line that is not too long. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line
}

/** Whether an SDK's error quotes the service's answer at a length that says no more than our own. */
export function quotesPage(error: unknown): boolean {
  return error instanceof Error && error.message.length > 2 * longestMessage
}
