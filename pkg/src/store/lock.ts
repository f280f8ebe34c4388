/** One piece of work at a time among all tabs of an origin; where the browser has no locks, in this tab. */

import { Queue } from './queue.js'

export class Lock {
  // Pages served over plain http on a LAN have IndexedDB and no locks.
  private readonly locks = globalThis.navigator?.locks as LockManager | undefined
  private readonly queue = new Queue()

  constructor(private readonly name: string) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    return this.locks ? await this.locks.request(this.name, work) : this.queue.run(work)
  }
}
