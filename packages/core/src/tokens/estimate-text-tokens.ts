/**
 * Hundredths of a token by character, fitted to o200k_base for what is written in ASCII. Other scripts get more than
 * that vocabulary needs, since older ones and other vendors' cut them finer, up to a token a byte.
 */
function weightOf(code: number): number {
  if (code >= 0x2e80) return 100 // Chinese, Japanese, Korean; halves of emoji
  if (code >= 0x530) return 70 // Hebrew, Arabic, Indian scripts, Thai, symbols
  if (code >= 0x370) return 50 // Greek and Cyrillic
  if (code >= 0x80) return 150 // letters with accents, which also cut the words they are in
  if (code <= 0x20) return 15 // white space, most of which is part of the word that follows
  if (code >= 0x61 && code <= 0x7a) return 22 // a to z
  if (code >= 0x41 && code <= 0x5a) return 50 // A to Z
  return code >= 0x30 && code <= 0x39 ? 65 : 55 // digits; signs
}

const asciiWeights: Uint8Array = Uint8Array.from({ length: 0x80 }, (_, code) => weightOf(code))

/**
 * Roughly how many tokens a text has, by kinds of characters alone: 0 for no text, else at least 1, never more than its
 * bytes in UTF-8, and never fewer for a longer text.
 */
export function estimateTextTokens(text: string): number {
  let hundredths = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    hundredths += asciiWeights[code] ?? weightOf(code)
  }
  return Math.ceil(hundredths / 100)
}

/** What `estimateTextTokens` says at most of a text of this length, without a look at it. */
export function boundTextTokens(text: string): number {
  return Math.ceil(text.length * 1.5)
}
