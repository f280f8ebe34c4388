/** Access rows: what is there, and changes that the engine puts together. */

import { keyOf } from '../../store/entities.js'
import type { HostStore } from '../../store/host.js'
import type { AccessRow, Json } from '../../types.js'
import type { RowsCall } from '../shapes.js'
import type { Tools } from '../tools.js'
import { roleNames } from './cells.js'
import type { RowsResult, RowTo } from './shapes.js'
import { written } from './write.js'

export interface RowKept {
  id: string
  row: AccessRow
}

export async function rowsOf(store: HostStore): Promise<RowKept[]> {
  return (await store.scan('access')).map(({ key, value }) => {
    const entity = keyOf(key)
    return { id: 'id' in entity ? entity.id : key, row: value as AccessRow }
  })
}

export function changeRows(
  store: HostStore,
  tools: Tools,
  { to, ...call }: Pick<RowsCall, 'do' | 'action' | 'argument'> & { to: RowTo[] },
  idOf: (who: string) => Promise<string>,
): Promise<RowsResult> {
  return written(store, async () => {
    const expected = await store.revision()
    const subjects: RowsCall['subjects'] = []
    for (const one of to) subjects.push('user' in one ? { user: await idOf(one.user) } : one)
    const rows = (await rowsOf(store)).filter(({ row }) => row.action === call.action)
    const { communities = {} } = await store.facts([{ relation: 'community' }])
    const there = { roles: await roleNames(store), communities: Object.keys(communities) }
    const kept = rows.map(({ id, row }) => ({ id, row: row as Json }))
    const { changes, ...result } = tools.access({ ...call, subjects, rows: kept, there })
    return { result, ...(changes.length > 0 && { write: { changes, expected } }) }
  })
}
