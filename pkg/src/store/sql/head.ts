/** The one row that says where a database stands, and what may be done there. The same in SQLite and PostgreSQL. */

import type { ColumnSource } from '../host.js'
import type { Revision } from '../store.js'
import { StoreError } from '../store.js'
import { revisionText } from '../revision.js'

export interface Head {
  epoch: string
  n: number
  /** The policy that the columns were made with, and their edition; null where there are none. */
  columnsOf: string | null
  /** Where making them stopped; null where it is done. */
  columnsAt: string | null
}

/**
 * Names what columns hold. Whoever keeps other ones must not write beside those who keep these, so a new edition has a
 * new name, and columns are made anew under it.
 */
export function columnsMark({ policy }: ColumnSource): string {
  return `${policy.hash}+3`
}

export function revisionOf({ epoch, n }: Pick<Head, 'epoch' | 'n'>): Revision {
  return revisionText(epoch, n)
}

/** Refuses to write records whose columns would be wrong for those who list them. */
export function checkWriter({ columnsOf }: Head, source: ColumnSource | undefined): void {
  const mark = source && columnsMark(source)
  if (columnsOf === null || columnsOf === mark) return
  const mine = source ? `not with \`${mark}\`` : 'and this store was opened without `columns`'
  throw new StoreError(
    'version',
    `lists are made with policy \`${columnsOf}\`, ${mine}; open the store with that policy`,
  )
}

/** Refuses to list where the columns are not all there. */
export function checkLister(head: Head, source: ColumnSource | undefined): void {
  if (!source) throw new StoreError('invalid', 'columns: lists need an engine; open the store with `columns`')
  checkWriter(head, source)
  if (head.columnsAt !== null)
    throw new StoreError('unavailable', 'lists are being made anew for another policy; ask again when that is done')
}
