/**
 * The disk of a browser: two databases for each tenant and user, `out` and `view:v2`, because what must never be lost and
 * what may be dropped at any time must not share a fate.
 */

import type { UserId } from '../../types.js'
import type { Base } from './base.js'
import { OUT_TABLES, VIEW_TABLES } from './base.js'
import type { Disk } from './disk.js'
import { IndexedDBBase, deleteDatabase } from './indexeddb-base.js'
import type { MarkPlace } from './mark.js'
import { localStorageMark, markOf } from './mark.js'
import { MemoryBase, MemoryMedium } from './memory-base.js'
import { StoredOutbox, outboxSeed } from './outbox.js'
import { StoredView } from './view.js'

export interface IndexedDBDiskOptions {
  /** Of the application: disks of two names share nothing. */
  name: string
  user: UserId
  tenant?: string
  /** The view's log is folded when it has reached so many bytes. Left out: 512 KiB and a quarter of the snapshot. */
  foldAfter?: number
}

const VIEW = 'view:v2'

/** Chromium counts what was deleted until it has tidied up (milliseconds to wait before each further try). */
const PATIENCE = [20, 50, 200, 500, 1000]

/**
 * Opens what a user has on this device, making it if there is nothing. Throws `unavailable` where there is no IndexedDB
 * (some private windows); a client may then use `openMemoryDisk` and must say that nothing is kept.
 */
export async function openIndexedDBDisk(options: IndexedDBDiskOptions): Promise<Disk> {
  const { name, tenant = '' } = options
  const user = String(options.user)
  if (!name || !user) throw new TypeError('a disk needs a `name` and a `user`')
  const prefix = ['lictor', name, tenant, user].map(encodeURIComponent).join('/')
  const out = await IndexedDBBase.open({
    name: `${prefix}/out`,
    tables: OUT_TABLES,
    durability: 'strict',
    seed: outboxSeed(),
  })
  const { base, kept } = await openView(`${prefix}/${VIEW}`)
  let tidied = !kept
  const view = new StoredView(base, {
    user,
    ...(options.foldAfter !== undefined && { foldAfter: options.foldAfter }),
    stands: () => {
      if (tidied) return
      tidied = true
      // A tab of another version may hold its database; it goes then another time.
      otherViews(prefix)
        .then((names) => Promise.all(names.map(deleteDatabase)))
        .catch(() => {})
    },
  })
  try {
    const outbox = await StoredOutbox.open(out, {
      mark: markPlace(prefix),
      makeRoom: () => view.drop(),
      fences: view,
      patience: PATIENCE,
    })
    return { outbox, view }
  } catch (error) {
    out.close()
    base.close()
    throw error
  }
}

/** A view that cannot be opened is made anew, and failing that kept in memory: the outbox must not suffer for it. */
async function openView(name: string): Promise<{ base: Base; kept: boolean }> {
  const open = (): Promise<Base> => IndexedDBBase.open({ name, tables: VIEW_TABLES, durability: 'relaxed', version: 1 })
  try {
    return { base: await open(), kept: true }
  } catch {
    try {
      await deleteDatabase(name)
      return { base: await open(), kept: true }
    } catch {
      return { base: new MemoryBase(new MemoryMedium(), 'view'), kept: false }
    }
  }
}

async function otherViews(prefix: string): Promise<string[]> {
  // Older browsers cannot list databases; there the others stay.
  const all = (await indexedDB.databases?.()) ?? []
  return all.flatMap(({ name = '' }) =>
    name.startsWith(`${prefix}/view:`) && name !== `${prefix}/${VIEW}` ? name : [],
  )
}

/** In pages `localStorage`, which browsers do not clear together with databases; in workers one more database. */
function markPlace(prefix: string): MarkPlace {
  const name = `${prefix}/mark`
  return localStorageMark(name) ?? databaseMark(name)
}

function databaseMark(name: string): MarkPlace {
  const within = async <T>(work: (base: Base) => Promise<T>): Promise<T> => {
    const base = await IndexedDBBase.open({ name, tables: ['mark'], durability: 'relaxed' })
    return work(base).finally(() => base.close())
  }
  return {
    read: () => within(async (base) => markOf(await base.read((tx) => tx.get('mark', 'mark')))),
    write: (mark) => within((base) => base.write(async (tx) => tx.put('mark', 'mark', mark))),
    remove: () => deleteDatabase(name),
  }
}
