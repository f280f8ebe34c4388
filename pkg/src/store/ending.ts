/** How an IndexedDB transaction ends, whatever becomes of its requests and its connection. */

/** How a transaction ended. */
export interface End {
  how: 'complete' | 'abort' | 'lost'
  error: DOMException | null
}

/** Chromium tells of the aborted transactions and then of the lost connection; sometimes only of the connection. */
const GRACE = 100

/** Not idb's `tx.done`: it settles at the first failed request, before the transaction's error is known. */
export function endOf(tx: IDBTransaction): Promise<End> {
  const listening = new AbortController()
  const { signal } = listening
  return new Promise<End>((resolve) => {
    tx.addEventListener('complete', () => resolve({ how: 'complete', error: null }), { signal })
    tx.addEventListener('abort', () => resolve({ how: 'abort', error: tx.error }), { signal })
    tx.db.addEventListener('close', () => setTimeout(() => resolve({ how: 'lost', error: null }), GRACE), { signal })
  }).finally(() => listening.abort())
}

/** Ends a transaction, wherever it stands. */
export function abort(tx: { abort(): void }): void {
  try {
    tx.abort()
  } catch {
    // It has aborted by itself already.
  }
}
