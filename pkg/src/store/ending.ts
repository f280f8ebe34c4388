/** An IndexedDB transaction from its beginning to its end, whatever becomes of its requests and its connection. */

/** Thrown when no transaction could begin, so that trying again on a new connection is safe. */
export class NotBegun extends Error {}

/** How a transaction ended. */
interface End {
  how: 'complete' | 'abort' | 'lost'
  error: DOMException | null
}

/** Chromium tells of the aborted transactions and then of the lost connection; sometimes only of the connection. */
const GRACE = 100

/**
 * Runs `body` in the transaction that `begin` begins and resolves after it is complete. `body` may await nothing but
 * requests of this transaction: any other await ends it early. What `body` throws aborts it; `told` puts what the
 * browser throws into words.
 */
export async function runIn<Tx extends { readonly done: Promise<unknown>; abort(): void }, T>(
  begin: () => Tx,
  raw: (tx: Tx) => IDBTransaction,
  body: (tx: Tx) => Promise<T>,
  told: (error: unknown) => unknown,
): Promise<T> {
  let tx: Tx
  try {
    tx = begin()
  } catch (cause) {
    throw new NotBegun('the connection is closed', { cause })
  }
  tx.done.catch(() => {})
  const ended = endOf(raw(tx))
  const ran = body(tx).then(
    (value) => ({ ok: true as const, value }),
    (error: unknown) => {
      abort(tx)
      return { ok: false as const, error }
    },
  )
  const end = await ended
  // Requests on a connection that was lost may never be answered, and the body waits for them.
  const result = end.how === 'lost' ? null : await ran
  if (result?.ok && end.how === 'complete') return result.value
  // The transaction's own error comes first: for a full disk the failed request carries none, or says only "aborted".
  throw told(end.error ?? (result && !result.ok ? result.error : new DOMException('aborted', 'AbortError')))
}

/** Not idb's `tx.done`: it settles at the first failed request, before the transaction's error is known. */
function endOf(tx: IDBTransaction): Promise<End> {
  const listening = new AbortController()
  const { signal } = listening
  return new Promise<End>((resolve) => {
    tx.addEventListener('complete', () => resolve({ how: 'complete', error: null }), { signal })
    tx.addEventListener('abort', () => resolve({ how: 'abort', error: tx.error }), { signal })
    tx.db.addEventListener('close', () => setTimeout(() => resolve({ how: 'lost', error: null }), GRACE), { signal })
  }).finally(() => listening.abort())
}

/** Ends a transaction, wherever it stands. */
function abort(tx: { abort(): void }): void {
  try {
    tx.abort()
  } catch {
    // It has aborted by itself already.
  }
}
