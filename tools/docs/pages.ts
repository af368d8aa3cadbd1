import { errorCodes } from '../../packages/core/src/errors/codes.ts'
import { defaultDispositions } from '../../packages/core/src/failure/disposition.ts'
import type { Manifest } from '../../packages/core/src/provider/plugin.ts'
import { manifest as anthropic } from '../../packages/provider-anthropic/src/manifest.ts'
import { manifest as azureOpenAI } from '../../packages/provider-azure-openai/src/manifest.ts'
import { manifest as bedrock } from '../../packages/provider-bedrock/src/manifest.ts'
import { manifest as google } from '../../packages/provider-google/src/manifest.ts'
import { manifest as dial } from '../../packages/provider-dial/src/manifest.ts'
import { manifest as llamacpp } from '../../packages/provider-llamacpp/src/manifest.ts'
import { manifest as ollama } from '../../packages/provider-ollama/src/manifest.ts'
import { manifest as openai } from '../../packages/provider-openai/src/manifest.ts'
import { manifest as openrouter } from '../../packages/provider-openrouter/src/manifest.ts'
import { manifest as canned } from '../../packages/provider-static/src/manifest.ts'
import { manifest as xai } from '../../packages/provider-xai/src/manifest.ts'
import { evidence } from './evidence.ts'
import { ledgerPage } from './ledger-page.ts'
import { mapping } from './mapping.ts'
import { settingsPage } from './settings-page.ts'
import { strategiesPage } from './strategies-page.ts'
import { generated, table } from './table.ts'
import { tiersPage } from './tiers-page.ts'

/** Of all providers. */
export const manifests: readonly Manifest[] = [
  openai,
  anthropic,
  azureOpenAI,
  xai,
  openrouter,
  dial,
  bedrock,
  google,
  ollama,
  llamacpp,
  canned,
]

function mark(has: boolean): string {
  return has ? 'yes' : '–'
}

function errorsPage(): string {
  const codes = Object.entries(errorCodes).map(([code, { meaning, remedy }]) => [`\`${code}\``, meaning, remedy])
  const kinds = Object.entries(defaultDispositions).map(([kind, row]) => [
    `\`${kind}\``,
    row.retryHere,
    row.nextTarget === 'larger-window' ? 'only to a larger context window' : row.nextTarget,
    String(row.healthWeight),
    row.pause,
  ])
  return [
    '# Errors and failures\n',
    generated,
    '## Codes\n',
    'Every error that llmfb throws has a `code`. Tell errors apart by it, or with `isLlmfbError` and its like; never by',
    '`instanceof` or by the words of a message.\n',
    table(['code', 'what it means', 'what to do'], codes),
    '## Kinds of failure\n',
    'A provider classifies each failure once, and this table says what follows. A route may change a row:',
    "`failures: { 'content-filter': { nextTarget: 'yes' } }`.\n",
    table(['kind', 'same target again', 'next target', 'counts against health', 'pause'], kinds),
  ].join('\n')
}

function credentialRows(manifest: Manifest): string[][] {
  return manifest.credentials.map(({ variable, option, required, description, url }) => [
    manifest.name,
    `\`${variable}\``,
    `\`${option}\``,
    required ? 'required' : 'optional',
    url === undefined ? description : `${description} ([get it](${url}))`,
  ])
}

function capabilityRow({ name, id, tier, capabilities }: Manifest): string[] {
  return [
    `${name} (\`${id}\`)`,
    tier,
    mark(capabilities.streaming),
    mark(capabilities.tools),
    capabilities.input.join(', ') || '–',
    capabilities.responseFormats.join(', ') || '–',
    mark(capabilities.reasoning),
    mark(capabilities.promptCache),
    Object.keys(capabilities.parameters)
      .map((parameter) => `\`${parameter}\``)
      .join(', '),
  ]
}

function modelRows({ name, models = [] }: Manifest): string[][] {
  return models.map(({ match, capabilities }) => [
    name,
    `\`${match}\``,
    Object.entries(capabilities)
      .map(([field, value]) => describeDifference(field, value))
      .join('; '),
  ])
}

function describeDifference(field: string, value: unknown): string {
  if (field === 'parameters') return `parameters: ${Object.keys(value as object).join(', ')}`
  if (Array.isArray(value)) return `${field}: ${value.join(', ') || 'none'}`
  return typeof value === 'boolean' ? `${field}: ${mark(value)}` : `${field}: ${String(value)}`
}

async function providersPage(): Promise<string> {
  const head = ['provider', 'tier', 'streams', 'tools', 'input', 'formats', 'reasoning', 'prompt cache', 'parameters']
  const gaps = manifests.flatMap(({ name, knownGaps = [] }) => [
    `**${name}**\n`,
    ...knownGaps.map((gap) => `- ${gap}`),
    '',
  ])
  return [
    '# Providers\n',
    generated,
    'A `production` or `beta` provider is admitted as it is, an `experimental` one only by name',
    "(`experimental: ['id']` or `LLMFB_EXPERIMENTAL=id`), a `planned` one never.\n",
    ...evidence(manifests),
    '## What each can do\n',
    table(head, manifests.map(capabilityRow)),
    '## What each needs\n',
    table(['provider', 'variable', 'option', '', 'what it is'], manifests.flatMap(credentialRows)),
    ...(await mapping(manifests)),
    '## Models that differ\n',
    'The first pattern that matches a model counts; what it does not name is as above.\n',
    table(['provider', 'model', 'differs in'], manifests.flatMap(modelRows)),
    '## Known gaps\n',
    ...gaps,
  ].join('\n')
}

/** The generated pages: their text by path from the repository's root. */
export async function renderPages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map([
    ['docs/errors.md', errorsPage()],
    ['docs/ledger.md', ledgerPage()],
    ['docs/providers.md', await providersPage()],
    ['docs/settings.md', settingsPage()],
    ['docs/strategies.md', strategiesPage()],
    ['docs/tiers.md', tiersPage()],
  ])
  return new Map([...pages].map(([path, text]) => [path, `${text.trimEnd()}\n`]))
}
