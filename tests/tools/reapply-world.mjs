// A store with records and access lists, an index beside it, and what the index should hold: each field worked out by the
// engine from all that the store holds.

import assert from 'node:assert/strict'
import { createEngine } from 'lictor'
import { openMemoryStore } from 'lictor/store'
import { openSqliteStore } from 'lictor/store/sqlite'
import { createTools } from 'lictor/tools'

export const policy = 'explicit-acls'
const options = { policy, changes: { acls: { schemas: ['one', 'two'] }, states: ['published', 'deleted'] } }
export const engine = await createEngine(options)
export const tools = await createTools(options)

const open = {
  memory: (initial) => openMemoryStore(initial, { columns: engine }),
  sqlite: (initial) => openSqliteStore(':memory:', { initial, columns: engine }),
}
export const STORES = Object.keys(open)

export const everyone = [{ type: 'system_role', system_role: 'everyone' }]
export const user = (...users) => [{ type: 'user', users }]
export const ofSchema = (schema, actors, more = {}) => ({
  type: 'default',
  schemas: [schema],
  operation: 'get',
  actors,
  ...more,
})
export const ofKind = (kind, actors, more = {}) => ({
  type: 'query',
  schemas: ['one', 'two'],
  query: { term: { kind } },
  operation: 'get',
  actors,
  ...more,
})
export const ofIds = (records, actors, more = {}) => ({ type: 'id', records, operation: 'update', actors, ...more })

export function documentOf(n, more = {}) {
  return { $schema: n % 3 === 0 ? 'two' : 'one', kind: `k${n % 4}`, creator: n % 5, ...more }
}

/** `count` records, named so that their order in JavaScript, in bytes and in keys is not the same. */
export async function stand(kind, count = 40) {
  const names = ['r', 'é', '😀', '\ue000', '%'].map((name) => (i) => `${name}${i}`)
  const ids = Array.from({ length: count }, (_, n) => names[n % 5](n))
  const records = Object.fromEntries(ids.map((id, n) => [id, documentOf(n)]))
  const acls = {
    base: ofSchema('one', user('1')),
    some: ofKind('k1', [{ type: 'record_user', path: '/creator' }], { priority: 1 }),
    named: ofIds(ids.slice(0, 5), everyone),
  }
  const store = await open[kind]({ records, acls, complete: true })
  return { store, ids }
}

/** Changes lists and records: `{acls: {id: list | null}, records: {...}}`. */
export async function write(store, changes) {
  const relations = { acls: 'acl', records: 'record' }
  const all = Object.entries(changes).flatMap(([section, entities]) =>
    Object.entries(entities).map(([id, value]) => {
      const key = { relation: relations[section], id }
      return value === null ? { op: 'del', key } : { op: 'put', key, value }
    }),
  )
  await store.commit(all, await store.revision())
}

/** What an index should hold. */
export async function truth(store, of = engine) {
  const facts = of.facts(await store.all())
  const system = { type: 'system' }
  const { records = {} } = await store.all()
  const fields = Object.keys(records).map((id) => {
    const { materialised } = of.explainLists({ subject: system, resource: { type: 'record', id } }, facts)
    assert.ok(materialised !== undefined)
    return [id, materialised]
  })
  facts.free?.()
  return new Map(fields.sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** An index, and a sink that fills it. `fail()` says whether a batch is lost, before or after the index has it. */
export function anIndex(fail = () => undefined) {
  const held = new Map()
  const batches = []
  return {
    batches,
    /** As `truth` gives it. */
    content: () => new Map([...held].sort(([one], [other]) => (one < other ? -1 : 1))),
    async sink(batch) {
      const fate = await fail(batches.length)
      if (fate === 'before') throw new Error('the index is away')
      batches.push(batch.map(({ id }) => id))
      for (const { id, field } of batch) {
        if (field === null) held.delete(id)
        else held.set(id, field)
      }
      if (fate === 'after') throw new Error('the answer was lost')
    },
  }
}
