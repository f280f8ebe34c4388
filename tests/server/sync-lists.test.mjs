// Access lists and devices: what lists come to for a user is in the user's view and follows every change of them; nothing else of
// them is, and what changes for others moves nothing.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onRecord, record, serve } from './sync/server.mjs'
import { engine, list, onList } from './sync/lists.mjs'

async function commit(server, ...changes) {
  await server.store.commit(changes, await server.store.revision())
}

const put = (id, value) => ({ op: 'put', key: onList(id), value })
const del = (id) => ({ op: 'del', key: onList(id) })

test('a list that is made, changed or removed is in the next pull of those whom it concerns, and of nobody else', async () => {
  const server = await serve({ engine })
  const [ben, cleo] = [server.device('ben'), server.device('cleo')]
  await ben.pull()
  await cleo.pull()
  assert.equal(cleo.record('draft'), undefined)
  const before = ben.text()

  await commit(server, put('a', list('read', ['cleo'], { title: 'by ben' })))
  const { json } = await cleo.pull()
  assert.equal(json.t, 'patch')
  assert.deepEqual(cleo.record('draft').acls, { any: { read: ['allow?'] }, now: { editing: { read: ['allow'] } } })
  assert.ok(!Object.hasOwn(cleo.record('draft').derived, 'read'), 'no answer for what lists say')
  assert.deepEqual(cleo.view.get(JSON.stringify(onList('record'))).acls, { any: { read: ['allow?'] } })
  assert.ok(!cleo.text().includes('by ada'), 'what the list does not name is not shown')

  await commit(server, put('a', list('read', ['ada', 'cleo'], { title: 'by ben' })))
  const other = await cleo.pull()
  assert.deepEqual(other.json.ops, [], 'who else is on it is nobody else’s')
  const mine = await ben.pull()
  assert.deepEqual(mine.json.ops, [])
  assert.equal(ben.text(), before)

  await commit(server, put('a', list('read', ['cleo'], { title: 'by ben', states: ['published'] })))
  await cleo.pull()
  assert.equal(cleo.record('draft'), undefined, 'it no longer speaks of records in this state')

  await commit(server, del('a'), put('b', list('update', ['ben'], { effect: 'deny' })))
  await cleo.pull()
  await ben.pull()
  assert.ok(!cleo.text().includes('acls'))
  assert.deepEqual(ben.record('draft').acls, { any: { update: ['deny'] } })
})

test('a record that changes is told anew', async () => {
  const server = await serve({ engine })
  await commit(server, put('a', list('update', ['cleo'], { title: 'one' })))
  const cleo = server.device('cleo')
  await cleo.pull()
  assert.deepEqual(cleo.record('shown').acls, { any: { update: ['allow?'] }, now: { published: { update: [] } } })
  const changed = { op: 'put', key: onRecord('shown'), value: record('open', 'published', 'ben', { title: 'one' }) }
  await commit(server, changed)
  const { json } = await cleo.pull()
  assert.equal(json.ops.length, 1)
  assert.deepEqual(cleo.record('shown').acls.now, { published: { update: ['allow'] } })
})

test('an intent is decided by the lists of the server, and the view says what they come to afterwards', async () => {
  const server = await serve({ engine })
  await commit(server, put('a', list('update', ['cleo'], { title: 'by ben' })))
  const cleo = server.device('cleo')
  await cleo.pull()
  const rename = (was, value) => cleo.intent('update', onRecord('shown'), { set: [{ path: 'title', was, value }] })
  const { json } = await cleo.push(rename('by ben', 'mine now'), rename('mine now', 'again'))
  assert.deepEqual(
    json.verdicts.map(({ r, code }) => [r, code]),
    [
      ['accepted', undefined],
      ['rejected', 'denied'],
    ],
  )
  await cleo.pull()
  assert.deepEqual(cleo.record('shown').acls.now, { published: { update: [] } })
})
