/**
 * Under which terms a database keeps a record for lists. A *shelf* holds the records of one type in one state; on a
 * shelf a record lies under `*` and under each community, primary community and owner of it, and under each term of its
 * named fields. Every list is a few looks at places (shelf, term), each in the wanted order already, whatever the number
 * of records.
 */

import type { RecordColumns } from '../host.js'
import { invalid } from '../json.js'

export interface Shelf {
  n: number
  type: string
  state: string
}

/** A record's columns as the databases keep them: ids are encoded, so that all of them order and compare them alike. */
export interface StoredColumns {
  primary: string | null
  /** Primary and secondary, each once. */
  communities: string[]
  owners: string[]
  /** Of named fields. */
  terms: string[]
}

export const EVERYTHING = '*'

export function storedColumns({ primary, secondary, owners, terms }: RecordColumns): StoredColumns {
  const communities = primary === null ? secondary : [primary, ...secondary]
  return {
    primary: primary === null ? null : encoded(primary),
    communities: [...new Set(communities.map(encoded))],
    owners: [...new Set(owners.map(encoded))],
    terms: [...new Set(terms.map(encoded))],
  }
}

export function termsOf({ primary, communities, owners, terms }: StoredColumns): string[] {
  return [
    EVERYTHING,
    ...(primary === null ? [] : [primaryTerm(primary)]),
    ...communities.map(communityTerm),
    ...owners.map(ownerTerm),
    ...terms.map(fieldTerm),
  ]
}

/** What else than its words a record is found by. */
export function marksOf(columns: StoredColumns, shelf: number): string[] {
  return [shelfTerm(shelf), ...termsOf(columns).filter((term) => term !== EVERYTHING)]
}

// These take ids and terms that are encoded.
export const primaryTerm = (id: string): string => `p/${id}`
export const communityTerm = (id: string): string => `c/${id}`
export const ownerTerm = (id: string): string => `o/${id}`
export const fieldTerm = (term: string): string => `t/${term}`
export const shelfTerm = (n: number): string => `s/${n}`

export function encoded(id: string): string {
  try {
    return encodeURIComponent(id)
  } catch {
    throw invalid('id', 'an id must be well-formed Unicode')
  }
}
