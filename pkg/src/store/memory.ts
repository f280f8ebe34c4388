/**
 * A store in memory: for tests, for the edge with facts given by the host, and as the plainest statement of the contract.
 * Nothing outlives the process. Who wants data kept uses `indexeddb.ts` (browser) or a server store.
 */

import type { Change, FactsInput, Json, Key, Relation, Revision, Store } from './store.js'
import { StoreError } from './store.js'
import { entriesOfChanges } from './entities.js'
import { answer, entriesOfFacts, everything } from './facts.js'
import { Listeners } from './listeners.js'
import { newEpoch, revisionText } from './revision.js'
import { pageOf } from './scan.js'
import { EntityTable } from './table.js'

/** A store that holds `initial` and nothing else; what is not in it does not exist. */
export async function openMemoryStore(initial: FactsInput = {}): Promise<Store> {
  return new MemoryStore(initial)
}

class MemoryStore implements Store {
  private readonly epoch = newEpoch()
  private readonly table = new EntityTable()
  private readonly listeners = new Listeners()
  private n = 0
  private closed = false

  constructor(initial: FactsInput) {
    this.table.apply(entriesOfFacts(initial))
  }

  async revision(): Promise<Revision> {
    this.checkOpen()
    return revisionText(this.epoch, this.n)
  }

  async facts(wanted: Key[]): Promise<FactsInput> {
    this.checkOpen()
    return answer(this.table, wanted, revisionText(this.epoch, this.n))
  }

  async all(): Promise<FactsInput> {
    this.checkOpen()
    return everything(this.table, revisionText(this.epoch, this.n))
  }

  async scan(
    relation: Relation,
    options: { after?: string; limit?: number } = {},
  ): Promise<{ key: string; value: Json }[]> {
    this.checkOpen()
    return pageOf(this.table, relation, options)
  }

  async commit(changes: Change[], expected: Revision): Promise<Revision> {
    this.checkOpen()
    // From here to the end nothing is awaited, so no other commit can come between.
    const entries = entriesOfChanges(changes)
    const now = revisionText(this.epoch, this.n)
    if (now !== expected)
      throw new StoreError('conflict', `the store is at \`${now}\`, not at \`${expected}\`; nothing was written`)
    this.table.apply(entries)
    this.n += 1
    const next = revisionText(this.epoch, this.n)
    this.listeners.tell(next)
    return next
  }

  subscribe(listener: (revision: Revision) => void): () => void {
    return this.listeners.add(listener)
  }

  async close(): Promise<void> {
    this.closed = true
    this.listeners.clear()
  }

  private checkOpen(): void {
    if (this.closed) throw new StoreError('closed', 'the store was closed')
  }
}
