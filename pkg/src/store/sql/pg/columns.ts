/** Keeps what lists look at beside the records: the row, its places, its words. All in the caller's transaction. */

import type { ColumnSource } from '../../host.js'
import type { Entry } from '../../entities.js'
import type { JsonObject } from '../../store.js'
import type { Shelf, StoredColumns } from '../place.js'
import type { Names } from './names.js'
import type { Row, Session } from './session.js'
import { parseJson } from '../../json.js'
import { searchedWords } from '../../list/searched.js'
import { marksOf, storedColumns, termsOf } from '../place.js'
import { readable } from '../readable.js'

interface Placed extends StoredColumns {
  key: string
  shelf: number
}

interface Fresh extends Placed {
  words: string[]
  updated: number
}

/** A row is eight parameters, and a statement takes 65,535. */
const ROWS = 1000

/** Follows records that were written (or deleted: no text). Each key is named once. */
export async function putColumns(
  session: Session,
  names: Names,
  source: ColumnSource,
  entries: readonly (Entry & { updated: number })[],
): Promise<void> {
  for (let from = 0; from < entries.length; from += ROWS)
    await putSome(session, names, source, entries.slice(from, from + ROWS))
}

/** Forgets what lists knew of records, for a host without a policy. */
export async function dropColumns(session: Session, names: Names, keys: string[]): Promise<void> {
  if (keys.length === 0) return
  await removePlaces(session, names, placesOf(await before(session, names, keys)))
  await session.rows(`DELETE FROM ${names.record} WHERE key = ANY($1::text[])`, [keys])
}

export async function shelvesOf(session: Session, names: Names): Promise<Shelf[]> {
  return (await session.rows(shelvesSql(names))).map(shelfIn)
}

export function shelvesSql(names: Names): string {
  return `SELECT n, type, state FROM ${names.shelf} ORDER BY n`
}

export function shelfIn(row: Row): Shelf {
  return { n: Number(row.n), type: String(row.type), state: String(row.state) }
}

async function putSome(
  session: Session,
  names: Names,
  source: ColumnSource,
  entries: readonly (Entry & { updated: number })[],
): Promise<void> {
  const shelfFor = await shelfFinder(session, names)
  const fresh: Fresh[] = []
  for (const { key, text, updated } of entries) {
    if (text === null) continue
    const record = parseJson(text, key) as JsonObject
    const columns = readable(source, record)
    if (!columns) continue
    const shelf = await shelfFor(columns.type, columns.state)
    const stored = storedColumns(columns)
    // Words hold letters and digits only, so no term is one.
    fresh.push({
      key,
      shelf,
      ...stored,
      words: [...searchedWords(source, record, columns.type), ...marksOf(stored, shelf)],
      updated,
    })
  }
  const keys = entries.map(({ key }) => key)
  const stays = new Set(placesOf(fresh).map(({ shelf, term, key }) => `${shelf} ${term} ${key}`))
  const old = placesOf(await before(session, names, keys))
  await removePlaces(
    session,
    names,
    old.filter(({ shelf, term, key }) => !stays.has(`${shelf} ${term} ${key}`)),
  )
  const listed = new Set(fresh.map(({ key }) => key))
  const gone = keys.filter((key) => !listed.has(key))
  if (gone.length > 0) await session.rows(`DELETE FROM ${names.record} WHERE key = ANY($1::text[])`, [gone])
  if (fresh.length > 0) await putRows(session, names, fresh)
}

async function putRows(session: Session, names: Names, fresh: readonly Fresh[]): Promise<void> {
  const values: unknown[] = []
  const add = (value: unknown): string => `$${values.push(value)}`
  const rows = fresh.map(({ key, shelf, primary, communities, owners, words, updated, terms }) =>
    [key, shelf, primary, communities, owners, words, updated, terms].map(add).join(', '),
  )
  const columns = ['shelf', 'home', 'communities', 'owners', 'words', 'updated', 'terms']
  const places = fresh.flatMap((row) => placesOf([row]).map((place) => ({ ...place, updated: row.updated })))
  const lists = [
    `${add(places.map(({ shelf }) => shelf))}::int[]`,
    `${add(places.map(({ term }) => term))}::text[]`,
    `${add(places.map(({ key }) => key))}::text[]`,
    `${add(places.map(({ updated }) => updated))}::bigint[]`,
  ]
  await session.rows(
    `WITH r AS (INSERT INTO ${names.record} (key, ${columns.join(', ')}) VALUES ${rows.map((row) => `(${row})`).join(', ')}
       ON CONFLICT (key) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')})
     INSERT INTO ${names.place} (shelf, term, key, updated) SELECT * FROM unnest(${lists.join(', ')})
       ON CONFLICT (shelf, term, key) DO UPDATE SET updated = excluded.updated`,
    values,
  )
}

async function before(session: Session, names: Names, keys: string[]): Promise<Placed[]> {
  const sql = `SELECT key, shelf, home, communities, owners, terms FROM ${names.record} WHERE key = ANY($1::text[])`
  return (await session.rows(sql, [keys])).map((row) => ({
    key: String(row.key),
    shelf: Number(row.shelf),
    primary: row.home === null ? null : String(row.home),
    communities: row.communities as string[],
    owners: row.owners as string[],
    terms: row.terms as string[],
  }))
}

interface PlaceKey {
  shelf: number
  term: string
  key: string
}

function placesOf(rows: readonly Placed[]): PlaceKey[] {
  return rows.flatMap((row) => termsOf(row).map((term) => ({ shelf: row.shelf, term, key: row.key })))
}

async function removePlaces(session: Session, names: Names, places: readonly PlaceKey[]): Promise<void> {
  if (places.length === 0) return
  await session.rows(
    `DELETE FROM ${names.place} p USING unnest($1::int[], $2::text[], $3::text[]) AS o (shelf, term, key)
     WHERE p.shelf = o.shelf AND p.term = o.term AND p.key = o.key`,
    [places.map(({ shelf }) => shelf), places.map(({ term }) => term), places.map(({ key }) => key)],
  )
}

/** Shelves are made as they are first needed, and never go away. */
async function shelfFinder(session: Session, names: Names): Promise<(type: string, state: string) => Promise<number>> {
  const known = new Map(
    (await shelvesOf(session, names)).map(({ n, type, state }) => [JSON.stringify([type, state]), n]),
  )
  return async (type, state) => {
    const name = JSON.stringify([type, state])
    const found = known.get(name)
    if (found !== undefined) return found
    // Nobody else makes one meanwhile: whoever writes holds the head's row.
    const sql = `INSERT INTO ${names.shelf} (type, state) VALUES ($1, $2) RETURNING n`
    const n = Number((await session.rows(sql, [type, state]))[0]?.n)
    known.set(name, n)
    return n
  }
}
