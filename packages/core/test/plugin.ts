import type { ProviderPlugin } from '../src/index.ts'
import { scripted } from './world.ts'

type Manifest = ProviderPlugin['manifest']
type Context = Parameters<ProviderPlugin['create']>[0]

export const apiKey = {
  variable: 'A_API_KEY',
  option: 'apiKey',
  required: true,
  description: 'key of A',
  url: 'https://a.example/keys',
}

/** A whole plugin of a provider that answers, and the contexts in which it was made. */
export function plugin(
  manifest: Partial<Manifest> = {},
  more: Partial<ProviderPlugin> = {},
): ProviderPlugin & { readonly made: Context[] } {
  const made: Context[] = []
  const id = manifest.id ?? 'a'
  return {
    specificationVersion: 1,
    manifest: {
      id,
      name: id.toUpperCase(),
      tier: 'production',
      credentials: [],
      capabilities: scripted(id).capabilities('m'),
      ...manifest,
    },
    create: (context) => {
      made.push(context)
      return scripted(id)
    },
    ...more,
    made,
  }
}
