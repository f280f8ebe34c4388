/**
 * What the user wrote and what the server said to it, one row an intent. Never disposable: rows only gain fields, and
 * fields this version does not know survive every rewrite. Not for deciding what is sent when.
 */

import type { Intent, Verdict } from '../../sync/protocol.js'
import type { Base, Reader, Seed, Writer } from './base.js'
import { isObject, randomId } from './base.js'
import type { Kept, Make, Named, Outbox, OutboxState } from './disk.js'
import { DiskError } from './disk.js'
import type { MarkPlace } from './mark.js'
import { ownWords } from './own.js'

const FORMAT = 1

interface Head {
  format: number
  /** The lowest format whose code may use it. Raised only if older code would do harm. */
  least?: number
  /** The identity of this database. */
  born: string
  device: string
  next: number
  fence: number
}

export interface OutboxOptions {
  mark: MarkPlace
  /** Gives up what is disposable. False if there was nothing to give up. */
  makeRoom(): Promise<boolean>
  /** The view keeps its own fence, because no transaction spans both. It is told of a new one before its leader is. */
  fences: { fence(): Promise<number>; raise(fence: number): Promise<void> }
  /** Milliseconds to wait before asking for that room again and again: browsers free what was deleted after a while. */
  patience?: readonly number[]
  newId?: () => string
}

/** What a new database holds from its first moment. */
export function outboxSeed(newId = randomId): Seed {
  return { table: 'meta', key: 'head', value: newHead(newId, 1) }
}

function newHead(newId: () => string, next: number): Head {
  return { format: FORMAT, born: newId(), device: newId(), next, fence: 0 }
}

export class StoredOutbox implements Outbox {
  private constructor(
    private readonly base: Base,
    private readonly options: OutboxOptions,
    private readonly born: string,
    /** Something was lost. The mark stays as it was until somebody has been told. */
    private readonly cleared: boolean,
    private told: boolean,
  ) {}

  static async open(base: Base, options: OutboxOptions): Promise<StoredOutbox> {
    // Before the database: a mark is written after its transaction, so it never runs ahead of what is read next.
    const mark = await options.mark.read().catch(() => null)
    let emptied = false
    let head = await base.read((tx) => tx.get('meta', 'head'))
    if (head === undefined) {
      head = await base.write(async (tx) => {
        const found = await tx.get('meta', 'head')
        if (found !== undefined) return found
        emptied = true
        // Rows that are left, whoever took the head, are still the user's words.
        const last = Math.max(0, ...(await tx.getAll('kept')).map((row) => keptOf(row).intent.n))
        const made = newHead(options.newId ?? randomId, last + 1)
        tx.put('meta', 'head', made)
        return made
      })
    }
    const { born, device, next } = headOf(head)
    const another = mark !== null && mark.born !== born
    const shorter = mark !== null && mark.device === device && next < mark.next
    const cleared = emptied || another || shorter
    return new StoredOutbox(base, options, born, cleared, !cleared)
  }

  async load(): Promise<OutboxState> {
    const [head, rows] = await this.base.read((tx) => Promise.all([this.head(tx), tx.getAll('kept')]))
    this.told = true
    await this.remember(head)
    return this.state(head, rows)
  }

  async check(): Promise<void> {
    await this.base.read((tx) => this.head(tx))
  }

  async add(make: Make): Promise<Intent> {
    const { head, intent } = await this.write(async (tx) => append(tx, await this.head(tx), make))
    await this.remember(head)
    return intent
  }

  async restore(held: readonly Kept[]): Promise<void> {
    const head = await this.write(async (tx) => {
      let head = await this.head(tx)
      const names = new Map(held.map(({ intent: { n, idem } }) => [n, idem]))
      const rows = (await tx.getAll('kept')).map(keptOf)
      const numbers = new Map(rows.map(({ intent }) => [intent.idem, intent.n]))
      const missing = held.filter(({ intent }) => !numbers.has(intent.idem))
      const lowest = Math.min(1, ...rows.map(({ intent }) => intent.n))
      const decided = missing.filter(({ verdict }) => verdict)
      decided.forEach((row, i) => {
        const moved = numberedAs(row, lowest - decided.length + i, new Map())
        tx.put('kept', moved.intent.n, plain(moved))
      })
      for (const { intent, verdict } of missing) {
        if (verdict) continue
        const causes = intent.causes.flatMap((n) => numbers.get(names.get(n) ?? '') ?? []).filter((n) => n > 0)
        head = append(tx, head, (n) => ({ ...intent, n, causes })).head
        numbers.set(intent.idem, head.next - 1)
      }
      return head
    })
    await this.remember(head)
  }

  async settle(verdicts: Verdict[], fence: number): Promise<void> {
    await this.write(async (tx) => {
      checkFence(await this.head(tx), fence)
      const rows = await Promise.all(verdicts.map(({ n }) => tx.get('kept', n)))
      const settled = new Set<number>()
      verdicts.forEach((verdict, i) => {
        const row = rows[i]
        if (row === undefined || settled.has(verdict.n)) return
        const kept = keptOf(row)
        // The first verdict counts, and one for another intent of that number is none at all.
        if (kept.verdict || kept.intent.idem !== verdict.idem) return
        settled.add(verdict.n)
        tx.put('kept', verdict.n, { ...kept, verdict: plain(verdict) })
      })
    })
  }

  async dismiss(
    { n, idem }: Named,
    { make, unsent = false }: { make?: Make; unsent?: boolean } = {},
  ): Promise<{ made?: Intent } | null> {
    const done = await this.write(async (tx) => {
      const head = await this.head(tx)
      const row = await tx.get('kept', n)
      // Another tab was quicker. Making the edited one now would make it twice.
      if (row === undefined || keptOf(row).intent.idem !== idem) return null
      if (!keptOf(row).verdict && !unsent) {
        throw new DiskError(
          'undecided',
          `intent ${n} has no verdict yet; wait for it, or give it up with \`unsent: true\` before it is sent`,
        )
      }
      tx.delete('kept', n)
      return make === undefined ? { head: undefined } : append(tx, head, make)
    })
    if (done === null) return null
    if (done.head === undefined) return {}
    await this.remember(done.head)
    return { made: done.intent }
  }

  async redact(which: readonly Named[], fence: number): Promise<void> {
    await this.write(async (tx) => {
      checkFence(await this.head(tx), fence)
      const rows = await Promise.all(which.map(({ n }) => tx.get('kept', n)))
      which.forEach(({ n, idem }, i) => {
        if (rows[i] === undefined) return
        const kept = keptOf(rows[i])
        if (kept.intent.idem === idem && kept.verdict) tx.put('kept', n, ownWords(kept))
      })
    })
  }

  async renumber(device: string, fence: number): Promise<OutboxState> {
    const { head, rows } = await this.write(async (tx) => {
      const head = await this.head(tx)
      checkFence(head, fence)
      const rows = (await tx.getAll('kept')).map(keptOf)
      // Asked again after an answer that was lost: done already.
      if (head.device === device) return { head, rows }
      const moved = renumbered(rows)
      const next = { ...head, device, next: moved.filter(({ verdict }) => !verdict).length + 1 }
      tx.clear('kept')
      for (const row of moved) tx.put('kept', row.intent.n, row)
      tx.put('meta', 'head', next)
      return { head: next, rows: moved }
    })
    await this.remember(head)
    return this.state(head, rows)
  }

  async claim(): Promise<number> {
    // A view that outlived its outbox has seen higher ones. One that cannot be asked has nothing to be kept from.
    const seen = await this.options.fences.fence().catch(() => 0)
    const fence = await this.write(async (tx) => {
      const head = await this.head(tx)
      const next = Math.max(head.fence, seen) + 1
      tx.put('meta', 'head', { ...head, fence: next })
      return next
    })
    await this.options.fences.raise(fence).catch(() => {})
    return fence
  }

  vault(): Promise<unknown> {
    return this.base.read((tx) => tx.get('meta', 'vault'))
  }

  async changeVault(change: (now: unknown) => unknown, fence?: number): Promise<void> {
    await this.base.write(async (tx) => {
      const head = await this.head(tx)
      if (fence !== undefined) checkFence(head, fence)
      const now = await tx.get('meta', 'vault')
      const next = change(now)
      if (next === undefined) tx.delete('meta', 'vault')
      else if (next !== now) tx.put('meta', 'vault', next)
    })
  }

  async close(): Promise<void> {
    this.base.close()
  }

  async wipe(): Promise<void> {
    // First the mark: wiped by half, an outbox is new; the other way round it would seem cleared.
    await this.options.mark.remove()
    await this.base.wipe()
  }

  private async head(tx: Reader): Promise<Head> {
    const stored = await tx.get('meta', 'head')
    const head = stored === undefined ? null : headOf(stored)
    if (head?.born === this.born) return head
    throw new DiskError('cleared', 'the browser cleared what this device kept; open it again to go on')
  }

  /** A full disk gives up the view, never the other way round. */
  private async write<T>(body: (tx: Writer) => Promise<T>): Promise<T> {
    try {
      return await this.base.write(body)
    } catch (error) {
      if (!isQuota(error) || !(await this.options.makeRoom())) throw error
    }
    for (const pause of this.options.patience ?? []) {
      try {
        return await this.base.write(body)
      } catch (error) {
        if (!isQuota(error)) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    return this.base.write(body)
  }

  private async remember({ born, device, next }: Head): Promise<void> {
    if (this.told) await this.options.mark.write({ born, device, next }).catch(() => {})
  }

  private state({ device, next, fence }: Head, rows: unknown[]): OutboxState {
    const kept = rows.map(keptOf).sort((a, b) => a.intent.n - b.intent.n)
    return { device, next, fence, kept, cleared: this.cleared }
  }
}

function append(tx: Writer, head: Head, make: Make): { head: Head; intent: Intent } {
  const intent = plain(make(head.next, head.device))
  if (intent.n !== head.next) throw new TypeError(`the intent must carry the number it was given, ${head.next}`)
  const next = { ...head, next: head.next + 1 }
  tx.put('kept', intent.n, { intent })
  tx.put('meta', 'head', next)
  return { head: next, intent }
}

/**
 * Undecided intents become 1, 2, 3 and so on. Decided ones belong to a device id that is no more: they get the numbers up
 * to 0, which no device ever sends, and stay readable. A cause that was decided is fulfilled, or was refused to the user
 * already, so it is no longer named.
 */
function renumbered(rows: readonly Kept[]): Kept[] {
  const decided = rows.filter(({ verdict }) => verdict)
  const undecided = rows.filter(({ verdict }) => !verdict)
  const numbers = new Map(undecided.map(({ intent }, i) => [intent.n, i + 1]))
  return [
    ...decided.map((row, i) => numberedAs(row, i + 1 - decided.length, numbers)),
    ...undecided.map((row, i) => numberedAs(row, i + 1, numbers)),
  ]
}

/** A row under another number; `numbers` has the new ones of its causes. */
function numberedAs(row: Kept, n: number, numbers: ReadonlyMap<number, number>): Kept {
  return {
    ...row,
    intent: { ...row.intent, n, causes: row.intent.causes.flatMap((cause) => numbers.get(cause) ?? []) },
    ...(row.verdict && { verdict: { ...row.verdict, n } }),
  }
}

function checkFence(head: Head, fence: number): void {
  if (fence >= head.fence) return
  throw new DiskError('fenced', `another tab leads now (${head.fence}, this one was ${fence}); nothing was written`)
}

function headOf(value: unknown): Head {
  const head = value as Partial<Head>
  const sound =
    isObject(value) &&
    typeof head.born === 'string' &&
    typeof head.device === 'string' &&
    [head.format, head.next, head.fence].every((number) => Number.isSafeInteger(number))
  if (!sound)
    throw new DiskError('corrupt', 'the head of the outbox is damaged; nothing was changed, export what can be read')
  if ((head.least ?? 0) > FORMAT)
    throw new DiskError('version', 'a newer version of lictor wrote the outbox; reload to get that version')
  return head as Head
}

function keptOf(row: unknown): Kept {
  const kept = row as Partial<Kept>
  if (isObject(row) && isObject(kept.intent) && typeof kept.intent.n === 'number') return kept as Kept
  throw new DiskError('corrupt', 'a row of the outbox is damaged; nothing was changed')
}

function isQuota(error: unknown): boolean {
  return error instanceof DiskError && error.code === 'quota'
}

/** What the wire will carry, and nobody else holds. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
