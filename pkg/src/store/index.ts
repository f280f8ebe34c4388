/** Stores for a browser, and for anywhere in memory. `memory.ts` alone pulls in no IndexedDB library. */

export * from './store.js'
export { openMemoryStore } from './memory.js'
export { deleteIndexedDBStore, openIndexedDBStore } from './indexeddb.js'
export type { IndexedDBStoreOptions } from './indexeddb.js'
export { keyOf, keyText } from './entities.js'
export type * from './host.js'
