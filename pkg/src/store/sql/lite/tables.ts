/** Head, entities and cells in SQLite: each function is a few statements in the caller's transaction. */

import type { Cell } from '../../host.js'
import type { Entry } from '../../entities.js'
import type { Wish } from '../../facts.js'
import type { Relation } from '../../store.js'
import type { CellEntry, CellRange } from '../../write.js'
import type { Head } from '../head.js'
import type { ScanOptions } from '../../scan.js'
import type { LiteDriver, Row } from './driver.js'
import type { Names } from './names.js'
import { KEPT, keysOf } from '../../journal.js'
import { cellEnd, guardConflict } from '../../write.js'
import { StoreError } from '../../store.js'
import { GROUP } from '../../entities.js'
import { actionSide, endOf, sideOf, userSide } from '../entity.js'
import { numberIn, textIn } from './driver.js'

type Stored = Entry & { text: string }

export class LiteTables {
  constructor(
    private readonly driver: LiteDriver,
    private readonly names: Names,
  ) {}

  head(): Head {
    const row = this.driver.all(`SELECT epoch, n, columns_of, columns_at FROM ${this.names.head}`)[0]
    if (!row) throw new StoreError('cleared', 'the store was emptied by somebody else; open it again')
    return {
      epoch: textIn(row, 'epoch') ?? '',
      n: numberIn(row, 'n'),
      columnsOf: textIn(row, 'columns_of'),
      columnsAt: textIn(row, 'columns_at'),
    }
  }

  advance(n: number): void {
    this.driver.run(`UPDATE ${this.names.head} SET n = ?1`, n)
  }

  /** Notes what commit `n` wrote, and forgets the oldest. */
  note(n: number, entries: readonly Entry[]): void {
    const { change } = this.names
    const keys = keysOf(entries)
    if (keys) this.driver.run(`INSERT INTO ${change} (n, keys) VALUES (?1, ?2)`, n, JSON.stringify(keys))
    this.driver.run(`DELETE FROM ${change} WHERE n <= ?1`, n - KEPT)
  }

  /** What the commits after `n` wrote, where that was noted. */
  noted(n: number, limit: number): string[][] {
    const sql = `SELECT keys FROM ${this.names.change} WHERE n > ?1 ORDER BY n LIMIT ?2`
    return this.driver.all(sql, n, limit).map((row) => JSON.parse(textIn(row, 'keys') ?? '[]') as string[])
  }

  markColumns(of: string, at: string | null): void {
    this.driver.run(`UPDATE ${this.names.head} SET columns_of = ?1, columns_at = ?2`, of, at)
  }

  put({ key, text }: Stored, updated: number): void {
    this.driver.run(
      `INSERT INTO ${this.names.entity} (key, side, value, updated) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (key) DO UPDATE SET side = excluded.side, value = excluded.value, updated = excluded.updated`,
      key,
      sideOf(key, text),
      text,
      updated,
    )
  }

  del(key: string): void {
    this.driver.run(`DELETE FROM ${this.names.entity} WHERE key = ?1`, key)
  }

  everything(): Stored[] {
    return this.entities('1 = 1')
  }

  /** The entities wished for, some perhaps twice. */
  wished(wishes: readonly Wish[]): Stored[] {
    const keys: string[] = []
    const found: Stored[] = []
    for (const wish of wishes) {
      if ('key' in wish) keys.push(wish.key)
      else if (wish.relation === 'access' && wish.action !== undefined)
        found.push(...this.beside(actionSide(wish.action)))
      else if (wish.relation !== 'membership') found.push(...this.starting(`${wish.relation}/`))
      else if (wish.user === undefined)
        found.push(...this.starting(wish.community === undefined ? 'membership/' : `membership/${wish.community}/`))
      else if (wish.community === undefined)
        found.push(...this.beside(userSide(wish.user)), ...this.beside(userSide(GROUP)))
      else {
        keys.push(`membership/${wish.community}/${wish.user}`)
        found.push(...this.starting(`membership/${wish.community}/${GROUP}`))
      }
    }
    if (keys.length > 0) found.push(...this.entities('key IN (SELECT value FROM json_each(?1))', JSON.stringify(keys)))
    return found
  }

  page(relation: Relation, { after = '', limit = -1 }: ScanOptions): Stored[] {
    const prefix = `${relation}/`
    return this.entities(
      'key > ?1 AND key < ?2 ORDER BY key LIMIT ?3',
      after > prefix ? after : prefix,
      endOf(prefix),
      limit,
    )
  }

  /** Records with when they were written, in key order. */
  records(after: string, limit: number): (Stored & { updated: number })[] {
    const sql = `SELECT key, value, updated FROM ${this.names.entity} WHERE key > ?1 AND key < ?2 ORDER BY key LIMIT ?3`
    const rows = this.driver.all(sql, after || 'record/', endOf('record/'), limit)
    return rows.map((row) => ({ ...stored(row), updated: numberIn(row, 'updated') }))
  }

  cell(key: string): string | null {
    return textIn(this.driver.all(`SELECT text FROM ${this.names.cell} WHERE key = ?1`, key)[0], 'text')
  }

  cells({ prefix, after = '', limit = -1 }: CellRange): Cell[] {
    const sql = `SELECT key, text FROM ${this.names.cell} WHERE key >= ?1 AND key > ?2 AND key < ?3 ORDER BY key LIMIT ?4`
    const rows = this.driver.all(sql, prefix, after, cellEnd(prefix), limit)
    return rows.map((row) => ({ key: textIn(row, 'key') ?? '', text: textIn(row, 'text') ?? '' }))
  }

  guard(guards: readonly CellEntry[]): void {
    for (const guard of guards) if (this.cell(guard.key) !== guard.text) throw guardConflict(guard)
  }

  putCells(cells: readonly CellEntry[]): void {
    const { cell } = this.names
    for (const { key, text } of cells) {
      if (text === null) this.driver.run(`DELETE FROM ${cell} WHERE key = ?1`, key)
      else
        this.driver.run(
          `INSERT INTO ${cell} (key, text) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET text = excluded.text`,
          key,
          text,
        )
    }
  }

  private starting(prefix: string): Stored[] {
    return this.entities('key > ?1 AND key < ?2', prefix, endOf(prefix))
  }

  private beside(side: string): Stored[] {
    return this.entities('side = ?1', side)
  }

  private entities(condition: string, ...parameters: (string | number)[]): Stored[] {
    return this.driver.all(`SELECT key, value FROM ${this.names.entity} WHERE ${condition}`, ...parameters).map(stored)
  }
}

function stored(row: Row): Stored {
  return { key: textIn(row, 'key') ?? '', text: textIn(row, 'value') ?? '' }
}
