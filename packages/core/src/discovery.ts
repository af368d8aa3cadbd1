// For programs on Node that use whichever providers are installed (@llmfb/core/discovery)
export { discoverProviders } from './discovery/discover-providers.ts'
export type { Discovery, DiscoveryOptions, IncompatiblePackage } from './discovery/discover-providers.ts'
