import type { Capabilities } from '../../src/provider/capabilities.ts'
import type { Outage, TargetModel } from './behaviour.ts'
import type { Draw } from './draw.ts'

function drawOutages(draw: Draw, horizonMs: number): Outage[] {
  const types = ['down', 'flaky', 'limited', 'silent', 'slow', 'refused', 'cut'] as const
  return Array.from({ length: draw.integer(0, 4) }, () => {
    const from = draw.random() * horizonMs
    const type = draw.pick(types)
    // A refusal pauses for minutes; a short one does.
    const lastsMs = type === 'refused' ? 4000 : draw.exponential(30_000)
    return { from, until: from + lastsMs, type }
  })
}

function drawCapabilities(draw: Draw): Capabilities {
  return {
    input: [],
    tools: false,
    responseFormats: [],
    streaming: draw.chance(0.95),
    reasoning: true,
    promptCache: false,
    assistantPrefill: draw.chance(0.7),
    parameters: {
      user: { type: 'string' },
      maxTokens: { type: 'integer' },
      ...(draw.chance(0.7) ? { temperature: { type: 'number', max: 1 } } : {}),
    },
    contextWindow: draw.pick([4096, 8192, 8192, 32_768]),
    maxOutputTokens: 300,
  }
}

/** Services of all kinds, each with its bad days. */
export function drawTargets(draw: Draw, horizonMs: number): TargetModel[] {
  const targets: TargetModel[] = []
  for (let provider = 1; provider <= draw.integer(3, 6); provider++) {
    for (let model = 1; model <= draw.integer(1, 2); model++) {
      targets.push({
        target: `p${provider}/m${model}`,
        medianMs: draw.integer(50, 900),
        pieceMs: draw.integer(5, 120),
        faultRate: draw.pick([0.01, 0.05, 0.15]),
        stubbornRate: draw.pick([0, 0, 0.1]),
        thinkRate: draw.pick([0, 0, 0.1]),
        outages: drawOutages(draw, horizonMs),
        capabilities: drawCapabilities(draw),
        price: draw.chance(0.8)
          ? { inputPerMillion: draw.integer(0, 10), outputPerMillion: draw.integer(1, 40) }
          : undefined,
        allowedRpm: draw.chance(0.2) ? draw.integer(200, 1000) : undefined,
      })
    }
  }
  return targets
}

/** Services that answer evenly and never fail, but for what befalls them before `illUntil`. */
export function drawSteadyTargets(draw: Draw, illUntil: number): TargetModel[] {
  const types = ['down', 'flaky', 'slow', 'cut'] as const
  return Array.from({ length: draw.integer(3, 6) }, (_, index) => ({
    target: `p${index + 1}/m1`,
    medianMs: draw.integer(50, 500),
    pieceMs: 5,
    faultRate: 0,
    stubbornRate: 0,
    thinkRate: 0,
    outages: illUntil > 0 && draw.chance(0.7) ? [{ from: 0, until: illUntil, type: draw.pick(types) }] : [],
    capabilities: { ...drawCapabilities(draw), streaming: true, contextWindow: 8192 },
    price: { inputPerMillion: 1, outputPerMillion: 1 },
    allowedRpm: undefined,
  }))
}
