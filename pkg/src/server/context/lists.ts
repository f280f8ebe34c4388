/**
 * Access lists, read by the engine once and kept until one changes: a store may hold a thousand of them, and nearly every
 * question is about all. A set is never used beyond what the store itself says was written since.
 */

import { keyOf } from '../../store/entities.js'
import type { HostStore } from '../../store/host.js'
import type { SyncEngine } from '../../sync/engine.js'
import type { Certificate, FactsInput, Key, Revision } from '../../types.js'

/** Keys written since that are looked through; more, and the lists are read anew. */
const SINCE = 1000

/** Lists as they were at a revision. */
interface Kept {
  revision: Revision
  read: Required<Pick<FactsInput, 'acls' | 'lists'>>
}

const ALL: Certificate = { relation: 'acl' }

/** Whether all lists are asked for. */
export function isLists(key: Key): boolean {
  return key.relation === 'acl' && key.id === undefined
}

export class KeptLists {
  readonly #store: Pick<HostStore, 'changed'>
  readonly #engine: Pick<SyncEngine, 'facts'>
  #kept: Kept | undefined

  constructor(store: Pick<HostStore, 'changed'>, engine: Pick<SyncEngine, 'facts'>) {
    this.#store = store
    this.#engine = engine
  }

  get kept(): Kept | undefined {
    return this.#kept
  }

  /** The facts with the lists, if these are still as they were kept. Facts must have been read after that. */
  async given(kept: Kept, facts: FactsInput): Promise<FactsInput | undefined> {
    if (facts.revision !== kept.revision) {
      // What was written since includes all that was written before the facts were read.
      const changed = await this.#store.changed(kept.revision, SINCE)
      if (changed === null || changed.keys.some((key) => keyOf(key).relation === 'acl')) return undefined
      if (this.#kept === kept) this.#kept = { ...kept, revision: changed.revision }
    }
    const complete = facts.complete === true ? true : [...(facts.complete || []), ALL]
    return { ...facts, ...kept.read, complete }
  }

  /** Keeps the lists of facts that hold all. Nobody frees a set: others may be asking with it still. */
  keep(facts: FactsInput): FactsInput {
    const { acls = {}, revision = '' } = facts
    const read = { acls, lists: this.#engine.facts({ acls }) }
    this.#kept = { revision, read }
    return { ...facts, ...read }
  }
}
