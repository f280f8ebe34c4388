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

test('what others write meanwhile is in the view, or the view says so with the next', async () => {
  const { call, device, store } = await large()
  const ben = device('ben')
  const write = async (turn) => {
    if (turn > 6) return
    const id = `n${turn * 400}`
    const value = record('open', 'published', 'ada', { title: `written in turn ${turn}` })
    await store.commit([{ op: 'put', key: onRecord(id), value }], await store.revision())
  }
  const { turns, result } = await beside(() => call('ben', 'POST', '/pull', ben.request()), write)
  assert.ok(turns > 6, `${turns} turns`)
  const { entries, next } = result.json
  const shown = new Map(entries.map(({ k, v }) => [k.id, v.title]))
  const later = (await call('ben', 'POST', '/pull', { ...ben.request(), cookie: next })).json
  assert.equal(later.t, 'patch')
  for (const { op, k, v } of later.ops) {
    assert.equal(op, 'put')
    shown.set(k.id, v.title)
  }
  for (let turn = 1; turn <= 6; turn++) assert.equal(shown.get(`n${turn * 400}`), `written in turn ${turn}`)
})
