/**
 * Lets everybody else have their turn. A store whose answers are at hand never gives one, and then long work holds up all
 * other requests of this process: seconds, for a view of tens of thousands of records.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve))
}
