import { defaultQuestion } from './config.ts'
import { printClosing, printHeadline } from './closing.ts'
import type { Vendors } from './mock-vendors.ts'
import { playScene } from './play-scene.ts'
import type { SceneParts } from './play-scene.ts'
import { announceScene, printReport } from './print-scene.ts'
import type { Scene } from './scene.ts'
import type { Terminal } from './terminal.ts'

export interface DemoParts extends Omit<SceneParts, 'vendors'> {
  readonly terminal: Terminal
  readonly scenes: readonly Scene[]
  readonly startVendors: () => Promise<Vendors>
}

function overview(count: number): string {
  return ` Each of ${count} scenes asks “${defaultQuestion}” over one route: OpenAI, then Anthropic, then a local Ollama.`
}

/**
 * Plays the scenes one after the other.
 *
 * @returns whether every scene went as it says
 * @throws the signal's reason, with everything stopped
 */
export async function runDemo({ terminal, scenes, startVendors, ...parts }: DemoParts): Promise<boolean> {
  const { clock, signal } = parts
  const startedAt = clock.now()
  printHeadline(terminal, [
    'A program asks once. llmfb picks a target, and when that fails moves on to the next one, with every attempt on record.',
    `Here the real providers talk to mock servers on this machine: no keys, no cost.${scenes.length === 1 ? '' : overview(scenes.length)}`,
  ])
  const failed: string[] = []
  const vendors = await startVendors()
  try {
    for (const [index, scene] of scenes.entries()) {
      signal.throwIfAborted()
      announceScene(scene, `${index + 1}/${scenes.length}`, terminal)
      const report = await playScene(scene, { ...parts, vendors })
      printReport(report, terminal)
      if (report.checks.length === 0 || !report.checks.every(({ holds }) => holds)) failed.push(scene.name)
    }
  } finally {
    await vendors.stop()
  }
  printClosing(terminal, scenes.length, failed, clock.now() - startedAt)
  return failed.length === 0
}
