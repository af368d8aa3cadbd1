/** What is wrong with a body, told by how far it can be read. */
export type Broken = 'malformed' | 'truncated'

/** A value that was read, or what is wrong with the text. */
export type JsonRead = { readonly value: Readonly<Record<string, unknown>> } | { readonly broken: Broken }

/** Whether `text` begins an object and ends within it; such a text was cut, any other that cannot be read is no JSON. */
function endsWithin(text: string): boolean {
  if (text.trim() === '') return true
  if (!text.trimStart().startsWith('{')) return false
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (inString) {
      if (character === '\\') at++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
  }
  return depth > 0 || inString
}

/** Reads an object. Nothing in it is trusted beyond that. */
export function readJson(text: string): JsonRead {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { broken: 'malformed' }
    return { value: value as Readonly<Record<string, unknown>> }
  } catch {
    return { broken: endsWithin(text) ? 'truncated' : 'malformed' }
  }
}
