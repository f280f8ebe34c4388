/**
 * `lictor/client`: a repository that answers offline. It holds what one user may see, records what the user does, and
 * agrees with the server when there is one. What is allowed is for the engine to say, on both sides.
 */

export { openClient } from './open.js'
export { Client } from './client.js'
export { ClientError } from './errors.js'
export { DiskError, MemoryMedium, exportOutbox, openIndexedDBDisk, openMemoryDisk } from './disk/index.js'
export { PROTOCOL } from '../sync/protocol.js'
export type { Done } from './client.js'
export type { ClientErrorCode } from './errors.js'
export type { ClientOptions } from './options.js'
export type { Answered, Listing, ListQuery, Page, PageQuery, Question, ShownRecord } from './answers.js'
export type { Command } from './commands.js'
export type { ItemState, OutboxItem } from './queue.js'
export type { Listener, Status, Storage, Topic } from './status.js'
export type { Phase, Rhythm } from './pace.js'
export type { Secret, Secrets, Way } from './vault.js'
export type { Connectivity, DeviceClock, Environment, Locks, TabChannel } from './environment.js'
export type {
  Disk,
  DiskErrorCode,
  ExportedIntent,
  IndexedDBDiskOptions,
  Keys,
  Kept,
  MemoryDiskOptions,
  MemoryMediumOptions,
  Outbox,
  OutboxExport,
  OutboxState,
  ViewDisk,
  ViewMeta,
  ViewState,
} from './disk/index.js'
export type { Replica, SyncEngine } from '../sync/engine.js'
export type * from '../sync/protocol.js'
