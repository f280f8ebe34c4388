// With a real engine: what a rule lets somebody see is, record by record, what the list of its condition holds. In every
// store, for people of every kind, over records in every state and some the policy cannot read.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createEngine } from 'lictor'
import { namedWorld, subjects as askers } from '../named-world.mjs'
import { random } from './assert.mjs'
import { importStores } from './bundle.mjs'
import { postgres } from './postgres.mjs'

const { openMemoryStore } = await importStores()
const { openSqliteStore } = await importStores('sqlite')
const { openPostgresStore } = await importStores('postgres')

const communities = ['A', 'B', 'C', 'D', 'É']
const users = Array.from({ length: 8 }, (_, i) => i + 1)
const subjects = [{ type: 'anonymous' }, { type: 'system' }, ...users.map((id) => ({ type: 'user', id }))]

function worldOf(engine) {
  const { below, pick } = random(3)
  const some = (list) => list.filter(() => below(3) === 0)
  const record = () => ({
    'oarepo:primaryCommunity': pick(communities),
    'oarepo:secondaryCommunities': some(communities),
    'oarepo:recordStatus': pick(engine.policy.states),
    access: { owned_by: some(users).map((user) => ({ user })) },
  })
  const grants = () =>
    Object.fromEntries(['any', 'author', ...engine.policy.roles].map((role) => [role, some(engine.policy.actions)]))
  return {
    communities: Object.fromEntries(communities.map((id) => [id, { title: id, grants: grants() }])),
    memberships: users.flatMap((user) =>
      some(communities).map((community) => ({ community, user, role: pick(engine.policy.roles) })),
    ),
    access: [{ action: 'superuser-access', user: 8 }],
    records: {
      ...Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`r${i}`, record()])),
      homeless: { 'oarepo:recordStatus': 'published' },
      stateless: { ...record(), 'oarepo:recordStatus': 'no such state' },
    },
  }
}

let folder
let files = 0
before(async () => (folder = await mkdtemp(join(tmpdir(), 'lictor-columns-'))))
after(() => rm(folder, { recursive: true, force: true }))

const openers = {
  memory: (initial, columns) => openMemoryStore(initial, { columns }),
  SQLite: (initial, columns) => openSqliteStore(join(folder, `columns ${++files}.db`), { initial, columns }),
  PostgreSQL: async (initial, columns) => openPostgresStore(await (await postgres()).database(), { initial, columns }),
}

for (const [name, open] of Object.entries(openers)) {
  test(`lists hold what the engine allows: ${name}`, async (t) => {
    const engine = await createEngine({ policy: 'oarepo' })
    const store = await open(worldOf(engine), engine)
    const facts = await store.all()
    let lists = 0
    let hits = 0
    for (const subject of subjects) {
      for (const action of engine.policy.actions.filter((action) => action !== 'create')) {
        const filter = engine.filter({ subject, action }, facts)
        const expected = Object.entries(facts.records).filter(([, record]) => allows(filter, record))
        const page = await store.list({ where: filter.where, limit: 1000 })
        filter.free()
        assert.deepEqual(
          page.hits.map(({ id }) => id),
          expected.map(([id]) => id).sort(),
          `${JSON.stringify(subject)} ${action}`,
        )
        lists += 1
        hits += page.hits.length
      }
    }
    assert.ok(hits > lists, 'there was something to see')
    t.diagnostic(`${lists} lists with ${hits} hits agree with the engine`)
    await store.close()
  })
}

const { changes } = JSON.parse(readFileSync(new URL('../corpus/named.json', import.meta.url), 'utf8'))

for (const [name, open] of Object.entries(openers)) {
  test(`lists hold what the engine allows by named fields, and of ended links perhaps more: ${name}`, async (t) => {
    const engine = await createEngine({ policy: 'oarepo', changes })
    const world = namedWorld(5, 300)
    const store = await open(world, engine)
    const facts = { ...(await store.all()), time: world.time }
    const counts = { exact: 0, over: 0, ended: 0 }
    for (const subject of askers) {
      for (const action of ['read', 'update', 'delete']) {
        const filter = engine.filter({ subject, action }, facts)
        const { hits } = await store.list({ where: filter.where, limit: 1000 })
        const isOver = JSON.stringify(filter.where).includes('"over":true')
        const found = hits.filter(({ value }) => !isOver || filter.matches(value)).map(({ id }) => id)
        const expected = Object.keys(facts.records).filter((id) => filter.matches(facts.records[id]))
        assert.deepEqual(found, expected.sort(), `${JSON.stringify(subject)} ${action}`)
        counts[isOver ? 'over' : 'exact'] += 1
        counts.ended += hits.length - found.length
        filter.free()
      }
    }
    assert.ok(counts.over > 0 && counts.ended > 0, 'some hold links that have ended')
    t.diagnostic(JSON.stringify(counts))
    await store.close()
  })
}

function allows(filter, record) {
  try {
    return filter.matches(record)
  } catch (error) {
    if (error.name !== 'LictorError') throw error
    return false
  }
}
