/**
 * A list some of whose hits come first: open items before those that need a login. It is two lists, one after the other, by
 * the same rule and in the same order; a store knows nothing of it.
 */

import type { ListPage } from '../host.js'
import type { Where } from '../../types.js'

export type Page = Omit<ListPage, 'revision'>

/** Asks for a page of a part of the list. */
type Ask = (part: (where: Where) => Where, limit: number, after?: string) => Promise<Page>

/** How a place in the second list begins. No store's places do. */
const REST = '~'

/** A page of the list in which those with `word` (`open_access=true`) come first. */
export async function firstWith(word: string, limit: number, after: string | undefined, ask: Ask): Promise<Page> {
  const term: Where = { op: 'term', in: [word], over: false }
  const rest = async (size: number, after?: string): Promise<Page> => {
    const but: Where = { op: 'not', of: term }
    const page = await ask((where) => ({ op: 'all', of: [where, but] }), size, after)
    return page.next === undefined ? page : { ...page, next: REST + page.next }
  }
  if (after?.startsWith(REST)) return rest(limit, after.slice(REST.length) || undefined)
  const first = await ask((where) => ({ op: 'all', of: [where, term] }), limit, after)
  if (first.next !== undefined) return first
  const room = limit - first.hits.length
  // Where none fits on this page, there may be some on the next.
  const { hits, next } = await rest(Math.max(room, 1))
  if (room === 0) return { ...first, ...(hits.length > 0 && { next: REST }) }
  return { hits: [...first.hits, ...hits], ...(next !== undefined && { next }) }
}
