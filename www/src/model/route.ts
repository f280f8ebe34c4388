/** Where one is, in the hash: it works without a server, and Back does what it should. */
import { signal } from '@preact/signals'

export type Page = 'records' | 'communities' | 'lists' | 'matrix' | 'facts' | 'outbox'
export interface Route {
  page: Page
  /** The one that is open: of records or of communities. */
  record: string | null
  community: string | null
}

const PAGES: readonly Page[] = ['records', 'communities', 'lists', 'matrix', 'facts', 'outbox']

export const route = signal(parse(location.hash))
addEventListener('hashchange', () => {
  route.value = parse(location.hash)
})

export function href(page: Page, id?: string): string {
  return id === undefined ? `#/${page}` : `#/${page}/${encodeURIComponent(id)}`
}

export function go(page: Page, id?: string): void {
  location.hash = href(page, id)
}

function parse(hash: string): Route {
  const [, word = '', id = ''] = hash.split('/')
  const page = PAGES.find((name) => name === word) ?? 'records'
  const open = (of: Page): string | null => (page === of && id !== '' ? decodeURIComponent(id) : null)
  return { page, record: open('records'), community: open('communities') }
}
