/** Data as a server-sent event, with a name where it has one. */
export function serverSentEvent(data: string, name?: string): string {
  const lines = data.split('\n').map((line) => `data: ${line}\n`)
  return `${name === undefined ? '' : `event: ${name}\n`}${lines.join('')}\n`
}

/** What any reader of server-sent events passes over. */
export const unheard: readonly string[] = [': a comment\n\n', ':\n', 'retry: 1000\n\n', 'id: 7\n\n', '\n\n']
