import { fileURLToPath } from 'node:url'
import type { Manifest } from '../../packages/core/src/provider/plugin.ts'
import { countCases } from '../../packages/conformance/src/report/report.ts'
import { readReport } from '../../packages/conformance/src/report/report-file.ts'
import { tierOf } from '../../packages/conformance/src/report/tier.ts'
import { table } from './table.ts'

/** What is known of each provider, by its report. */
export function evidence(manifests: readonly Manifest[]): string[] {
  const reports = manifests.map((manifest) => [manifest, readReport(folderOf(manifest.id))] as const)
  const rows = reports.map(([{ name, tier }, report]) => {
    if (!report) return [name, tier, 'no report yet', '–', '–', '–', '–', '–']
    const { passed, gaps, inapplicable } = countCases(report)
    const { recordings, checkedOn } = report
    const replayed = recordings ? `${recordings.replayed} of ${recordings.of}` : '–'
    return [
      name,
      tier,
      tierOf(report, checkedOn),
      String(passed),
      String(gaps),
      String(inapplicable),
      replayed,
      checkedOn,
    ]
  })
  const gaps = reports.flatMap(([{ name }, report]) =>
    Object.entries(report?.cases ?? {}).flatMap(([id, result]) =>
      typeof result === 'object' && 'gap' in result ? [`- ${name}, \`${id}\`: ${result.gap}`] : [],
    ),
  )
  return [
    '## How far each can be relied on\n',
    'What the tiers take, and what the cases are, is in [tiers](tiers.md). A manifest may claim less than its evidence.\n',
    table(
      ['provider', 'claims', 'evidence for', 'cases passed', 'gaps', 'do not apply', 'recordings', 'checked on'],
      rows,
    ),
    ...(gaps.length > 0 ? [...gaps, ''] : []),
  ]
}

/** Folder of the package of a provider. */
export function folderOf(id: string): string {
  return fileURLToPath(new URL(`../../packages/provider-${id}`, import.meta.url))
}
