/** One piece of work after another, in this process. Not for other tabs or processes: those have locks. */

export class Queue {
  private last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work)
    // What one throws is for its own caller; the next one runs all the same.
    this.last = result.catch(() => {})
    return result
  }
}
