import type { Attempt, Exclusion, Ledger } from '@llmfb/core'
import { displayWidth, truncate, wrap } from './display-width.ts'
import type { Format, Terminal } from './terminal.ts'

interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
  readonly cell: (attempt: Attempt) => string
  readonly format?: (attempt: Attempt) => Format
}

interface LaidColumn extends Column {
  readonly width: number
}

/** Columns with the widths that the ledgers need and the terminal allows. */
export type TableLayout = readonly LaidColumn[]

const gap = '  '
/** A target is cut to no less than this, so that its provider stays readable. */
const leastTargetWidth = 14

/** `12 ms`, `1.4 s`. */
export function formatMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

const outcomeFormats: Readonly<Record<Attempt['outcome'], Format>> = {
  success: 'green',
  failure: 'red',
  outraced: 'gray',
  aborted: 'yellow',
}

const outcomeFormat = ({ outcome }: Attempt): Format => outcomeFormats[outcome]

const columns: readonly Column[] = [
  { title: '#', align: 'right', cell: ({ number }) => String(number) },
  { title: 'target', align: 'left', cell: ({ target }) => target },
  { title: 'stage', align: 'left', cell: ({ stage }) => stage, format: () => 'dim' },
  { title: 'why', align: 'left', cell: ({ reason }) => reason },
  { title: 'outcome', align: 'left', cell: ({ outcome }) => outcome, format: outcomeFormat },
  {
    title: 'kind/status',
    align: 'left',
    cell: ({ kind, status }) => [kind, status].filter((part) => part !== undefined).join(' '),
    format: outcomeFormat,
  },
  {
    title: 'waited',
    align: 'right',
    cell: ({ waitedMs }) => (waitedMs === undefined ? '' : formatMs(waitedMs)),
    format: () => 'yellow',
  },
  { title: 'took', align: 'right', cell: ({ durationMs }) => formatMs(durationMs) },
]

function widthOf(layout: TableLayout): number {
  return layout.reduce((sum, { width }) => sum + width, gap.length * (layout.length - 1))
}

/**
 * Columns for these ledgers, which may be shown apart and still stand under each other. A column without a value is
 * left out; on a narrow terminal the stage goes as well, and targets are cut.
 */
export function layOut(ledgers: readonly Ledger[], available: number): TableLayout {
  const attempts = ledgers.flatMap((ledger) => ledger.attempts)
  const full = columns
    .map((column): LaidColumn => {
      const widest = Math.max(0, ...attempts.map((attempt) => displayWidth(column.cell(attempt))))
      return { ...column, width: widest === 0 ? 0 : Math.max(widest, column.title.length) }
    })
    .filter(({ width }) => width > 0)
  if (widthOf(full) <= available) return full
  const narrow = full.filter(({ title }) => title !== 'stage')
  const excess = widthOf(narrow) - available
  if (excess <= 0) return narrow
  return narrow.map((column) =>
    column.title === 'target' ? { ...column, width: Math.max(leastTargetWidth, column.width - excess) } : column,
  )
}

function toLine(
  layout: TableLayout,
  toCell: (column: LaidColumn) => [text: string, format: Format | undefined],
  terminal: Terminal,
): string {
  const cells = layout.map((column, index) => {
    const [text, format] = toCell(column)
    const fitting = truncate(text, column.width)
    const painted = format === undefined || fitting === '' ? fitting : terminal.paint(format, fitting)
    const padding = ' '.repeat(column.width - displayWidth(fitting))
    if (column.align === 'right') return padding + painted
    return index === layout.length - 1 ? painted : painted + padding
  })
  return cells.join(gap).trimEnd()
}

export function headerLine(layout: TableLayout, terminal: Terminal): string {
  return toLine(layout, ({ title }) => [title, ['dim', 'underline']], terminal)
}

function exclusionLines({ target, reason, detail }: Exclusion, available: number, terminal: Terminal): string[] {
  return wrap(`${target} not tried, ${reason}: ${detail}`, available - 3).map((line, index) =>
    terminal.paint('yellow', `${index === 0 ? '–' : ' '}  ${line}`),
  )
}

/** A line for each attempt, and below them each target that was passed over, with its reason. */
export function ledgerLines(layout: TableLayout, ledger: Ledger, available: number, terminal: Terminal): string[] {
  return [
    ...ledger.attempts.map((attempt) =>
      toLine(layout, (column) => [column.cell(attempt), column.format?.(attempt)], terminal),
    ),
    ...ledger.exclusions.flatMap((exclusion) => exclusionLines(exclusion, available, terminal)),
  ]
}
