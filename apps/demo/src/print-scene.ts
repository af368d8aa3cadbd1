import { truncate, wrap } from './display-width.ts'
import { headerLine, layOut, ledgerLines } from './ledger-table.ts'
import type { Outcome } from './outcome.ts'
import type { Scene, SceneReport } from './scene.ts'
import type { Terminal } from './terminal.ts'

const indent = '   '
/** Longer lines are hard to read. */
const widest = 110

/** Columns that a line under a title may take. */
export function available(terminal: Terminal): number {
  return Math.min(widest, Math.max(40, terminal.columns - indent.length - 1))
}

/** Writes lines under the titles. */
export function writeLines(terminal: Terminal, lines: readonly string[]): void {
  for (const line of lines) terminal.write(line === '' ? '\n' : `${indent}${line}\n`)
}

/** Title and story, before it plays. */
export function announceScene(scene: Scene, position: string, terminal: Terminal): void {
  terminal.write(`\n${terminal.paint(['bold', 'cyan'], position)}  ${terminal.paint('bold', scene.name)}\n`)
  const story = wrap(scene.story, available(terminal))
  writeLines(terminal, [...story.map((line) => terminal.paint('dim', line)), ''])
}

/** A label and a text beside it, whose further lines stand under its first. */
function labelled(label: string, text: string, width: number, wide: boolean): [first: string, ...rest: string[]] {
  const room = width - label.length - 2
  const lines = wide ? wrap(text, room) : [truncate(text.split('\n')[0] ?? '', room)]
  const [first = '', ...rest] = lines
  return [first, ...rest.map((line) => ' '.repeat(label.length + 2) + line)]
}

function outcomeLines(outcome: Outcome, position: string | undefined, terminal: Terminal): string[] {
  const width = available(terminal)
  const whole = position === undefined
  const entry = (label: string, text: string, format: 'green' | 'red' | 'cyan'): string[] => {
    const [first, ...rest] = labelled(label, text, width, whole)
    return [`${terminal.paint(format, label)}  ${first}`, ...rest]
  }
  const label = (otherwise: string): string => position ?? otherwise
  switch (outcome.type) {
    case 'answered':
      return entry(label('answer'), outcome.text, 'green')
    case 'failed':
      return entry(label('error'), outcome.error.message, 'red')
    case 'interrupted':
      return [
        ...entry(label('delivered'), `${outcome.error.delivered.text}…`, 'cyan'),
        ...entry('error    ', outcome.error.message, 'red'),
      ]
  }
}

/** What was shown, the ledgers, and what was checked. */
export function printReport({ shown, checks, durationMs }: SceneReport, terminal: Terminal): void {
  const width = available(terminal)
  const requests = shown.filter((piece) => piece.type === 'request')
  const layout = layOut(
    requests.map(({ outcome }) => outcome.ledger),
    width,
  )
  let number = 0
  let told: string | undefined
  for (const piece of shown) {
    if (piece.type === 'told') {
      told = piece.what
      continue
    }
    number++
    const { outcome, notes } = piece
    if (number > 1) writeLines(terminal, [''])
    if (told !== undefined) writeLines(terminal, [terminal.paint('italic', `${told}:`)])
    told = undefined
    writeLines(terminal, outcomeLines(outcome, requests.length === 1 ? undefined : `request ${number}`, terminal))
    if (number === 1) writeLines(terminal, ['', headerLine(layout, terminal)])
    writeLines(terminal, ledgerLines(layout, outcome.ledger, width, terminal))
    writeLines(
      terminal,
      notes.map((note) => terminal.paint('magenta', `!  ${note}`)),
    )
  }
  writeLines(terminal, [''])
  writeLines(
    terminal,
    checks.map(({ what, holds }) =>
      holds ? `${terminal.paint('green', '✓')} ${what}` : terminal.paint(['bold', 'red'], `✗ ${what}: not so`),
    ),
  )
  if (durationMs > 500) writeLines(terminal, [terminal.paint('dim', `in ${(durationMs / 1000).toFixed(1)} s`)])
}
