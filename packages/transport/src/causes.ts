/** An error and its causes, outermost first. */
export function causesOf(error: unknown): Error[] {
  const chain: Error[] = []
  for (let next = error; next instanceof Error && chain.length < 5; next = next.cause) chain.push(next)
  return chain
}

/** The system's word for what went wrong, such as `ECONNREFUSED`, from the innermost cause that has one. */
export function codeOf(error: unknown): string | undefined {
  return causesOf(error)
    .map((inner) => (inner as { code?: unknown }).code)
    .findLast((code) => typeof code === 'string')
}

/** Whether a service that was reached kept silent for too long. A connection that cannot be made is none of these. */
export function isTimeout(error: unknown): boolean {
  const silent = /^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/
  return causesOf(error).some(({ name }) => name === 'TimeoutError') || silent.test(codeOf(error) ?? '')
}

/** `fetch failed` says nothing; the reason is inside. Where several addresses failed, it is in a code alone. */
export function innermostMessage(error: unknown): string {
  const inner = causesOf(error).at(-1)
  return inner?.message || codeOf(inner) || inner?.name || typeof error
}
