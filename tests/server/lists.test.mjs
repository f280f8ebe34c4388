// Lists: what a reader may read and nothing else, page by page, in a community or everywhere.
import assert from 'node:assert/strict'
import test from 'node:test'
import { facts, PEOPLE, serverWith } from './world.mjs'

const ids = ({ json }) => json.hits.hits.map(({ id }) => id)

test('a list shows exactly what single reads show, to everybody', async (t) => {
  const { ask } = await serverWith()
  let compared = 0
  for (const who of [null, ...Object.keys(PEOPLE)]) {
    for (const community of ['A', 'B', 'secret']) {
      const list = await ask(who, 'GET', `/${community}/?sort=id`)
      const single = []
      for (const id of Object.keys(facts().records).sort()) {
        const { status } = await ask(who, 'GET', `/${community}/${id}`)
        if (status === 200) single.push(id)
        compared += 1
      }
      if (list.status === 404) assert.equal(community, 'secret', who)
      else assert.deepEqual(ids(list), single, `${who} ${community}`)
    }
  }
  t.diagnostic(`${compared} reads agree with their lists`)
})

test('a hit is the record as a single read gives it', async () => {
  const { ask } = await serverWith()
  for (const who of [null, 'owner', 'curator', 'root']) {
    for (const hit of (await ask(who, 'GET', '/A/')).json.hits.hits) {
      const { updated, ...record } = hit
      assert.ok(!Number.isNaN(Date.parse(updated)))
      assert.deepEqual(record, (await ask(who, 'GET', `/A/${hit.id}`)).json)
    }
  }
})

test('pages follow each other without a gap or a double', async () => {
  const world = facts()
  for (let n = 0; n < 57; n += 1) {
    world.records[`r${n}`] = { ...world.records[n % 2 ? 'a-published' : 'a-editing'], n }
  }
  const { ask } = await serverWith({ world })
  const all = ids(await ask('stranger', 'GET', '/A/?size=100&sort=id'))
  for (const sort of ['id', 'newest']) {
    let path = `/A/?size=7&sort=${sort}`
    const seen = []
    while (path) {
      const { json } = await ask('stranger', 'GET', path)
      if (seen.length === 0) assert.deepEqual([json.hits.total, json.hits.relation], [all.length, 'eq'])
      else assert.equal(json.hits.total, undefined)
      seen.push(...json.hits.hits.map(({ id }) => id))
      const next = json.links.next && new URL(json.links.next)
      path = next && next.pathname + next.search
    }
    assert.deepEqual(seen.toSorted(), all.toSorted(), sort)
  }
})

test('states, words and owners narrow a list', async () => {
  const { ask } = await serverWith()
  const of = async (who, query) => ids(await ask(who, 'GET', `/A/?sort=id&${query}`))
  assert.deepEqual(await of('curator', 'state=editing'), ['a-editing'])
  assert.deepEqual(await of('curator', 'state=editing,approved'), ['a-approved', 'a-editing'])
  assert.deepEqual(await of('curator', 'state=editing&state=approved'), ['a-approved', 'a-editing'])
  assert.deepEqual(await of('curator', 'q=A%20Editing'), ['a-editing'])
  assert.deepEqual(await of('curator', 'q=nothing'), [])
  assert.deepEqual(await of('curator', 'owner=7'), ['b-published'])
  assert.deepEqual(await of('owner', 'owner=me&state=published'), ['a-published'])
  assert.deepEqual(await of('stranger', 'state=editing'), [])
  const unknown = await ask('curator', 'GET', '/A/?state=gone')
  assert.deepEqual([unknown.status, unknown.json.path], [400, 'query.state[0]'])
})

test('a type without a community in its path lists everywhere, or where the reader has a role', async () => {
  const { engine } = await serverWith()
  const [type] = engine.document.types
  const changes = { types: [{ ...type, list_path: '/records/', item_path: '/records/{id}' }] }
  const { ask } = await serverWith({ changes })
  const of = async (who, query = '') => ids(await ask(who, 'GET', `/records/?sort=id${query}`))
  assert.deepEqual(await of(null), ['a-published', 'b-published'])
  assert.deepEqual(await of('insider'), ['a-published', 'b-published', 's-approved', 's-editing'])
  assert.deepEqual(await of('insider', '&scope=mine'), ['a-published', 's-approved', 's-editing'])
  const made = await ask('member', 'POST', '/records/', { body: { 'oarepo:primaryCommunity': 'A' } })
  assert.equal(made.status, 201)
  const without = await ask('member', 'POST', '/records/', { body: {} })
  assert.deepEqual([without.status, without.json.path], [400, 'body.oarepo:primaryCommunity'])
})
