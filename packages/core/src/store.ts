// For who keeps state that several processes share: the contract of stores, the one in memory, and what bounds any of them
export type { Added, Store } from './store/store.ts'
export { createMemoryStore } from './store/memory-store.ts'
export type { MemoryStoreOptions } from './store/memory-store.ts'
export { boundStore } from './store/bounded-store.ts'
export type { BoundedStore, BoundStoreOptions } from './store/bounded-store.ts'

// For authors of stores: what every store takes, and refuses
export { checkAmount, checkKey, toStoredText } from './store/storable.ts'
