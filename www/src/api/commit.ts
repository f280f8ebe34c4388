/** Writing to a store at the revision it was read at, and again if somebody else wrote in between. */
import type { Change } from 'lictor'
import { type HostStore, StoreError } from 'lictor/store'

export async function commit(store: HostStore, make: () => Change[] | Promise<Change[]>): Promise<void> {
  for (;;) {
    const revision = await store.revision()
    try {
      await store.commit(await make(), revision)
      return
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'conflict') throw error
    }
  }
}
