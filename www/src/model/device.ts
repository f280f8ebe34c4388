/**
 * What this device holds: an IndexedDB store, and in memory a copy of what is in it. The store is the truth; every
 * change is committed at the revision it was decided at, and what another tab commits is read again.
 */
import type { Change, FactsInput, Revision } from 'lictor'
import { openIndexedDBStore, type Store, StoreError } from 'lictor/store'
import { asRecord, type RepositoryRecord } from './document.js'
import { fetchSeed, put, seedChanges } from './seed.js'

const DATABASE = 'lictor-demo'
/** One transaction this large keeps the page answering; ten of them write ten thousand records in about a second. */
const CHUNK = 1000

export interface World {
  facts: FactsInput
  records: RepositoryRecord[]
  revision: Revision
}

export class Device {
  private constructor(
    private readonly store: Store,
    public world: World,
  ) {}

  /** Opens the store, and fills it if it is empty. */
  static async open(): Promise<Device> {
    const store = await openIndexedDBStore({ name: DATABASE })
    const device = new Device(store, await read(store))
    if (device.world.records.length === 0) await device.reset()
    return device
  }

  /** Calls back after another tab committed. One's own commits are known already. */
  onElsewhere(changed: () => void): void {
    this.store.subscribe((revision) => {
      if (revision === this.world.revision || this.writing) return
      void this.reload().then(changed)
    })
  }

  /** True while this tab commits: the store tells its own listeners too, before `commit` returns. */
  private writing = false

  async reload(): Promise<void> {
    this.world = await read(this.store)
  }

  /** Writes the changes if nothing was written since `expected`; false if something was, and then reads it. */
  async commit(changes: Change[], expected: Revision): Promise<boolean> {
    this.writing = true
    try {
      const revision = await this.store.commit(changes, expected)
      this.world = applied(this.world, changes, revision)
      return true
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'conflict') throw error
      await this.reload()
      return false
    } finally {
      this.writing = false
    }
  }

  /** Adds many records, a thousand a transaction; `progress` hears how many are stored. */
  async add(records: Iterable<RepositoryRecord>, progress: (stored: number) => void): Promise<void> {
    let stored = 0
    let chunk: Change[] = []
    const flush = async (): Promise<void> => {
      // A refused chunk is tried again at the newer revision: adding a record conflicts with nothing.
      while (!(await this.commit(chunk, this.world.revision)));
      stored += chunk.length
      chunk = []
      progress(stored)
    }
    for (const record of records) {
      chunk.push(put({ relation: 'record', id: record.id }, record))
      if (chunk.length === CHUNK) await flush()
    }
    if (chunk.length > 0) await flush()
  }

  /** Back to the first day: everything else goes and the seed is written, in one commit. */
  async reset(): Promise<void> {
    const seed = seedChanges(await fetchSeed())
    const kept = new Set(seed.map(({ key }) => JSON.stringify(key)))
    const gone = this.world.records
      .map(({ id }): Change => ({ op: 'del', key: { relation: 'record', id } }))
      .filter(({ key }) => !kept.has(JSON.stringify(key)))
    while (!(await this.commit([...gone, ...seed], this.world.revision)));
    await this.reload()
  }
}

async function read(store: Store): Promise<World> {
  const facts = await store.all()
  return { facts, records: sorted(Object.values(facts.records ?? {}).map(asRecord)), revision: facts.revision ?? '' }
}

/** The world after a commit; records are patched, which spares reading ten thousand of them again. */
function applied(world: World, changes: Change[], revision: Revision): World {
  const records = { ...world.facts.records }
  for (const change of changes) {
    if (change.key.relation !== 'record') continue
    if (change.op === 'put') records[change.key.id] = change.value as RepositoryRecord
    else delete records[change.key.id]
  }
  return {
    facts: { ...world.facts, records, revision },
    records: sorted(Object.values(records).map(asRecord)),
    revision,
  }
}

/** Newest first, then by title: what a reader of a list expects. */
function sorted(records: RepositoryRecord[]): RepositoryRecord[] {
  return records.sort(
    (a, b) => b.metadata.year - a.metadata.year || compare(a.metadata.title, b.metadata.title) || compare(a.id, b.id),
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
