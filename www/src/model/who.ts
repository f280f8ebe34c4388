/** Who may do something to a record, asked of the server: it counts access lists, and knows everybody. */
import { primaryOf, type RepositoryRecord } from './document.js'
import { ask } from './rest.js'

export interface Crowd {
  anyone: boolean
  authenticated: boolean
  /** A page of those who may. */
  users: string[]
  more: boolean
}

/** Null: the server tells this person about themselves only. */
export async function askWho(record: RepositoryRecord, action: string): Promise<Crowd | null> {
  const properties = action === 'create' ? { community: primaryOf(record) } : {}
  const resource = { type: 'record', id: record.id, properties }
  const question = { subject: { type: 'user' }, action: { name: action }, resource }
  const answer = await ask('POST', 'access/v1/search/subject', question)
  const { results, page, context } = (await answer.json()) as Found
  return context ? { ...context, users: results.map(({ id }) => id), more: page.next_token !== '' } : null
}

interface Found {
  results: { id: string }[]
  page: { next_token: string }
  /** Only for those who may ask about others. */
  context?: { anyone: boolean; authenticated: boolean }
}
