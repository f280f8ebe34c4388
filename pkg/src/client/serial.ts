/** One thing at a time: each piece of work starts when the one before has ended, however that ended. */

export class Serial {
  private last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work)
    this.last = mine.catch(() => {})
    return mine
  }
}
