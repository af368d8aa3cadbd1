import { stripVTControlCharacters } from 'node:util'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** East Asian wide and fullwidth characters (Unicode annex 11), and pictures. */
const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\uFE0F/u
const invisible = /^[\p{M}\p{Cf}\p{Cc}]+$/u

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0
  return wide.test(grapheme) ? 2 : 1
}

/** Columns that `text` takes on a terminal; colours take none. */
export function displayWidth(text: string): number {
  let width = 0
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) width += graphemeWidth(segment)
  return width
}

/** `text` without colours, cut to `columns` with an ellipsis where it is longer. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) {
    width += graphemeWidth(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** Spaces at which a line may break: not the one between a number and its unit. */
const breaks = /(?<!\d) +| +(?!m?s\b)/

/** `text` in lines of at most `columns`, broken at spaces; a longer word gets a line of its own, and is left whole. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    const indent = /^ */.exec(paragraph)?.[0] ?? ''
    let line = ''
    for (const word of paragraph.trim().split(breaks)) {
      const longer = line === '' ? indent + word : `${line} ${word}`
      if (line !== '' && displayWidth(longer) > columns) {
        lines.push(line)
        line = indent + word
      } else line = longer
    }
    lines.push(line)
  }
  return lines
}
