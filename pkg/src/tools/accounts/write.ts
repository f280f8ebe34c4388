/** Writes that are decided at a revision, and decided anew when others were faster. */

import type { HostStore, Write } from '../../store/host.js'
import { StoreError } from '../../store/store.js'

const TRIES = 4

/** One attempt: what comes of it, and what to write for it. */
export interface Attempt<T> {
  result: T
  write?: Write
}

export async function written<T>(store: HostStore, attempt: () => Promise<Attempt<T>>): Promise<T> {
  for (let n = 1; ; n++) {
    try {
      return await store.exclusive(async () => {
        const { result, write } = await attempt()
        if (write) await store.write(write)
        return result
      })
    } catch (error) {
      if (n === TRIES || !(error instanceof StoreError) || error.code !== 'conflict') throw error
    }
  }
}
