/** Where one is, in the hash: it works without a server, and Back does what it should. */
import { signal } from '@preact/signals'

export type Page = 'records' | 'matrix' | 'facts' | 'outbox'
export interface Route {
  page: Page
  record: string | null
}

const PAGES: readonly Page[] = ['records', 'matrix', 'facts', 'outbox']

export const route = signal(parse(location.hash))
addEventListener('hashchange', () => {
  route.value = parse(location.hash)
})

export function href(page: Page, record?: string): string {
  return record === undefined ? `#/${page}` : `#/${page}/${encodeURIComponent(record)}`
}

export function go(page: Page, record?: string): void {
  location.hash = href(page, record)
}

function parse(hash: string): Route {
  const [, word = '', id = ''] = hash.split('/')
  const page = PAGES.find((name) => name === word) ?? 'records'
  return { page, record: page === 'records' && id !== '' ? decodeURIComponent(id) : null }
}
