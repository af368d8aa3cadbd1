import type { Credential, Tier } from '../provider/plugin.ts'

/** What registration found out about a plugin. */
export type PluginStatus = { readonly id: string; readonly name: string; readonly tier: Tier } & (
  | { readonly state: 'ready' }
  /** Its tier is not admitted by default and it was not named. */
  | { readonly state: 'gated'; readonly remedy: string }
  | { readonly state: 'missing-credentials'; readonly missing: readonly Credential[]; readonly remedy: string }
  | { readonly state: 'planned'; readonly remedy: string }
  /** It does not keep the contract; `check` is the first check that failed. */
  | { readonly state: 'incompatible'; readonly check: 'shape' | 'version' | 'id-free'; readonly remedy: string }
)

/** Why a plugin cannot be used and what to do, in one sentence; undefined where it can. */
export function whyUnusable(status: PluginStatus): string | undefined {
  return status.state === 'ready' ? undefined : `provider '${status.id}' is ${status.state}: ${status.remedy}`
}
