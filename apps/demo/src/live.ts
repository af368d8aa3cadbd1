import { isLlmfbError } from '@llmfb/core'
import type { NoUsableTargetError, Router } from '@llmfb/core'
import { printHeadline } from './closing.ts'
import { wrap } from './display-width.ts'
import { headerLine, layOut, ledgerLines } from './ledger-table.ts'
import { askStream } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { available, writeLines } from './print-scene.ts'
import type { Terminal } from './terminal.ts'

/** What a look for a local Ollama found. */
export type LocalModels =
  | { readonly type: 'found'; readonly models: readonly string[] }
  | { readonly type: 'absent'; readonly reason: string }

export interface LiveParts {
  readonly terminal: Terminal
  readonly question: string
  /** Targets to try, in order; none for the demo's own choice. */
  readonly models: readonly string[]
  readonly findLocalModels: (signal: AbortSignal) => Promise<LocalModels>
  /** @throws NoUsableTargetError */
  readonly composeRouter: (targets: readonly string[]) => Router
  readonly signal: AbortSignal
}

const remoteTargets = ['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5']
/** Where no local model is there to be named. */
const localTarget = 'ollama/llama3.2'

interface LocalChoice {
  readonly targets: readonly string[]
  /** Why Ollama is left out. */
  readonly absence?: string
}

function chooseLocal(local: LocalModels): LocalChoice {
  if (local.type === 'absent') return { targets: [], absence: local.reason }
  const [first] = local.models
  if (first !== undefined) return { targets: [`ollama/${first}`] }
  return { targets: [], absence: `it has no models. Get one with: ollama pull ${localTarget.slice('ollama/'.length)}` }
}

function isNoUsableTarget(error: unknown): error is NoUsableTargetError {
  return isLlmfbError(error) && error.code === 'no-usable-target'
}

/**
 * Asks the real providers, and streams the answer.
 *
 * @returns whether there was an answer
 * @throws the signal's reason
 */
export async function runLive(parts: LiveParts): Promise<boolean> {
  const { terminal, question, signal } = parts
  printHeadline(terminal, ['Live: the real providers, in order, whichever can be used here.'])
  const local: LocalChoice =
    parts.models.length > 0 ? { targets: [] } : chooseLocal(await parts.findLocalModels(signal))
  const targets = parts.models.length > 0 ? parts.models : [...remoteTargets, ...local.targets]
  const router = compose(parts, targets, local)
  if (router === undefined) return false
  try {
    printProviders(router, targets, local, terminal)
    terminal.write(`${terminal.paint(['bold', 'cyan'], '?')}  ${terminal.paint('bold', question)}\n\n`)
    let begun = false
    const onText = (text: string): void => {
      terminal.write((begun ? '' : '   ') + text.replaceAll('\n', '\n   '))
      begun = true
    }
    const outcome = await askStream(router, { route: 'chat', text: question }, { signal }, onText)
    if (begun) terminal.write('\n\n')
    printOutcome(outcome, terminal)
    return outcome.type === 'answered'
  } finally {
    router.dispose()
  }
}

function compose(
  { composeRouter, terminal }: LiveParts,
  targets: readonly string[],
  local: LocalChoice,
): Router | undefined {
  try {
    return composeRouter(targets)
  } catch (error) {
    if (!isNoUsableTarget(error)) throw error
    const reasons = error.unavailable.map(({ target, reason }) => `${target}: ${reason}`)
    if (local.absence !== undefined) reasons.push(`ollama: ${local.absence}`)
    terminal.write(`\n${terminal.paint(['bold', 'red'], '✗')}  No provider can be used, so nothing was asked.\n\n`)
    writeReasons(terminal, reasons)
    terminal.write('\n')
    writeLines(terminal, [
      `Set one of these keys or start Ollama; any one will do. ${terminal.paint('cyan', 'npm run demo')} needs none.`,
      '',
    ])
    return undefined
  }
}

function writeReasons(terminal: Terminal, reasons: readonly string[]): void {
  for (const reason of reasons) {
    const [first = '', ...rest] = wrap(reason, available(terminal) - 3)
    writeLines(terminal, [`${terminal.paint('yellow', '–')}  ${first}`, ...rest.map((line) => `   ${line}`)])
  }
}

function printProviders(router: Router, targets: readonly string[], local: LocalChoice, terminal: Terminal): void {
  terminal.write('\n')
  const named = (id: string): boolean => targets.some((target) => target.startsWith(`${id}/`))
  for (const status of router.providers) {
    if (!named(status.id)) continue
    if (status.state === 'ready') {
      const own = targets.filter((target) => target.startsWith(`${status.id}/`)).join(', ')
      writeLines(terminal, [`${terminal.paint('green', '✓')}  ${status.name}: ${own}`])
    } else writeReasons(terminal, [`${status.name} is left out, ${status.state}: ${status.remedy}`])
  }
  if (local.absence !== undefined) writeReasons(terminal, [`Ollama is left out: ${local.absence}`])
  terminal.write('\n')
}

function printOutcome(outcome: Outcome, terminal: Terminal): void {
  const width = available(terminal)
  const { ledger } = outcome
  const layout = layOut([ledger], width)
  if (outcome.type !== 'answered') {
    const message = wrap(outcome.error.message, width).map((line) => terminal.paint('red', line))
    writeLines(terminal, [...message, ''])
  }
  // What is unavailable was told before the question.
  const exclusions = ledger.exclusions.filter(({ reason }) => reason !== 'unavailable')
  const lines = ledgerLines(layout, { ...ledger, exclusions }, width, terminal)
  writeLines(terminal, [headerLine(layout, terminal), ...lines, ''])
}
