/** Later headers win over earlier ones of the same name, however it is written. */
export function lowerCaseNames(...sources: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const source of sources) {
    for (const [name, value] of Object.entries(source)) headers[name.toLowerCase()] = value
  }
  return headers
}
