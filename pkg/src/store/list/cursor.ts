/**
 * The order of a list and the place where a page ends. Pages go on behind the last hit, not at a number: they neither
 * skip nor repeat a record when others come and go between them.
 */

import type { ListQuery } from '../host.js'
import { invalid } from '../json.js'

export type Order = NonNullable<ListQuery['order']>

/** Where a record stands in a list: its key as text (`record/r1`) and when it was written. */
export interface Place {
  key: string
  updated: number
}

const ORDERS: readonly Order[] = ['id', '-id', 'updated', '-updated']

export function orderOf(query: Pick<ListQuery, 'order'>): Order {
  const { order = 'id' } = query
  if (!ORDERS.includes(order)) throw invalid('query.order', `\`${String(order)}\` is not one of ${ORDERS.join(', ')}`)
  return order
}

/** Compares places as the order wants them. `updated` alone would leave open who comes first of two at one moment. */
export function compare(order: Order): (a: Place, b: Place) => number {
  const sign = order.startsWith('-') ? -1 : 1
  const byKey = (a: Place, b: Place): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
  if (order === 'id' || order === '-id') return (a, b) => sign * byKey(a, b)
  return (a, b) => sign * (a.updated - b.updated || byKey(a, b))
}

/** The text of a place, for `next`. Keys are ASCII, so `btoa` takes them; its characters are made fit for a URL. */
export function encodeCursor(order: Order, { key, updated }: Place): string {
  const place = JSON.stringify(order.endsWith('updated') ? [order, key, updated] : [order, key])
  return btoa(place).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The place, or `invalid`: a cursor belongs to one order, and one that was made up is nobody's. */
export function decodeCursor(text: string, order: Order): Place {
  const place = read(text)
  if (!place || encodeCursor(order, place) !== text)
    throw invalid('query.after', `is not \`next\` of a list in the order \`${order}\`; leave it out to start anew`)
  return place
}

function read(text: unknown): Place | null {
  if (typeof text !== 'string') return null
  try {
    const parts: unknown = JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/')))
    if (!Array.isArray(parts)) return null
    const [, key, updated = 0]: unknown[] = parts
    const known = typeof key === 'string' && key.startsWith('record/') && Number.isSafeInteger(updated)
    return known ? { key, updated: updated as number } : null
  } catch {
    return null
  }
}
