/** What a device keeps. */

export * from './disk.js'
export { exportOutbox } from './export.js'
export type { ExportedIntent, OutboxExport } from './export.js'
export { openIndexedDBDisk } from './indexeddb.js'
export type { IndexedDBDiskOptions } from './indexeddb.js'
export { openMemoryDisk } from './memory.js'
export type { MemoryDiskOptions } from './memory.js'
export { MemoryMedium } from './memory-base.js'
export type { MemoryMediumOptions } from './memory-base.js'
