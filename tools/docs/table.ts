/** Stands at the head of every page that is generated. */
export const generated = '<!-- Generated from the code by `pnpm docs:write`; a test fails when it is stale. -->\n'

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line), ''].join('\n')
}

/** Rows of names, as code, and what each means. */
export function named(meanings: Readonly<Record<string, string>>): string[][] {
  return Object.entries(meanings).map(([name, meaning]) => [`\`${name}\``, meaning])
}
