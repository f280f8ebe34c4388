// A view of several thousand records is long work for one process, and must not hold up what others ask of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onRecord, record, serve } from './sync/server.mjs'

const COUNT = 2600

/** Pages that were read since others had their turn, and the most there ever were. */
const pages = { now: 0, most: 0 }

const counting = (store) =>
  new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args) => {
        if (name === 'list') pages.most = Math.max(pages.most, ++pages.now)
        return value.apply(target, args)
      }
    },
  })

async function large() {
  const server = await serve({ wrap: counting })
  const changes = Array.from({ length: COUNT }, (_, i) => ({
    op: 'put',
    key: onRecord(`n${i}`),
    value: record('open', 'published', 'ada', { title: `number ${i}` }),
  }))
  await server.store.commit(changes, await server.store.revision())
  return server
}

/** Runs `work`; how often others had their turn meanwhile, each time doing `other`. */
async function beside(work, other = async () => {}) {
  let turns = 0
  let ended = false
  const done = work().finally(() => (ended = true))
  while (!ended) {
    await new Promise((resolve) => setImmediate(resolve))
    if (ended) break
    turns += 1
    pages.now = 0
    await other(turns)
  }
  return { turns, result: await done }
}

test('while a large view is made, others have their turn', async () => {
  const { call, device } = await large()
  const ben = device('ben')
  const pull = () => call('ben', 'POST', '/pull', ben.request())
  pages.most = 0
  const { result } = await beside(pull)
  assert.equal(result.json.t, 'reset')
  assert.ok(result.json.entries.filter(({ k }) => k.relation === 'record').length > COUNT)
  // The last page of one list, and the first of the next.
  assert.ok(pages.most > 0 && pages.most <= 2, `${pages.most} pages without a turn`)
})

/** What a pull of Ben's shows with the next one, by id: titles. `write` is done in every turn of the first. */
async function pulled({ call, device }, write) {
  const ben = device('ben')
  const { turns, result } = await beside(() => call('ben', 'POST', '/pull', ben.request()), write)
  assert.ok(turns > 4, `${turns} turns`)
  assert.equal(result.status, 200, result.text.slice(0, 200))
  const { entries, next } = result.json
  const titles = (list) => new Map(list.map(({ k, v }) => [k.id, v.title]))
  const first = titles(entries)
  const later = (await call('ben', 'POST', '/pull', { ...ben.request(), cookie: next })).json
  assert.equal(later.t, 'patch')
  const both = new Map(first)
  for (const { op, k, v } of later.ops) op === 'put' ? both.set(k.id, v.title) : both.delete(k.id)
  const again = (await call('ben', 'POST', '/pull', device('ben', 'ben-2').request())).json
  const whole = titles(again.entries)
  assert.deepEqual([...both].sort(), [...whole].sort(), 'a view and its change come to the view as a whole')
  return { turns, both }
}

test('while others never stop writing, a view is made all the same, and what they wrote is in it or in the next', async () => {
  const server = await large()
  const { store } = server
  const written = new Map()
  const { both } = await pulled(server, async (turn) => {
    const id = `n${(turn * 397) % COUNT}`
    const change = [
      { op: 'put', key: onRecord(id), value: record('open', 'published', 'ada', { title: `written in turn ${turn}` }) },
      // Others appear, and are gone.
      { op: 'put', key: onRecord(`new${turn}`), value: record('open', 'published', 'ada', { title: 'new' }) },
      { op: 'del', key: onRecord(`n${(turn * 397 + 5) % COUNT}`) },
    ]
    await store.commit(change, await store.revision())
    for (const { key, value } of change) written.set(key.id, value?.title)
  })
  assert.ok(written.size > 16)
  for (const [id, title] of written) assert.equal(both.get(id), title, id)
})

test('a community that closes meanwhile is in the view as it is then', async () => {
  const server = await large()
  const { store } = server
  const { both } = await pulled(server, async (turn) => {
    if (turn !== 2) return
    const { communities } = await store.facts([{ relation: 'community', id: 'open' }])
    const value = { ...communities.open, access: { ...communities.open.access, visibility: 'restricted' } }
    await store.commit([{ op: 'put', key: { relation: 'community', id: 'open' }, value }], await store.revision())
  })
  assert.ok(both.size > 0)
})
