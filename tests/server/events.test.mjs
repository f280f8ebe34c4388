// Listeners of the server: the signals of the documents, ahead of a write and after it.
import assert from 'node:assert/strict'
import test from 'node:test'
import { Problem } from 'lictor/server'
import { facts, serverWith } from './world.mjs'

test('each transition is heard once, after it is written', async () => {
  const heard = []
  const { ask, store, handler } = await serverWith()
  handler.on('*', async ({ name, record, subject, payload, commit, resource, revision }) => {
    const { records } = await store.facts([{ relation: 'record', id: resource.id }])
    assert.deepEqual(records[resource.id], record)
    assert.equal(revision, await store.revision())
    heard.push([name, record['oarepo:recordStatus'], String(subject.id), payload, commit])
  })
  const run = (who, id, name, body) => ask(who, 'POST', `/A/${id}/${name}`, { body })
  for (const [who, id, name, body] of [
    ['owner', 'a-editing', 'request-approval', { note: 'please' }],
    ['curator', 'a-editing', 'request-changes'],
    ['curator', 'a-pending', 'approve'],
    ['publisher', 'a-approved', 'revert-approve'],
    ['publisher', 'a-pending', 'publish'],
    ['root', 'a-published', 'unpublish'],
    ['owner', 'a-editing', 'delete'],
  ]) {
    const { status, text } = await run(who, id, name, body)
    assert.equal(status, 202, `${name} ${text}`)
  }
  await run('stranger', 'a-editing', 'approve')
  assert.deepEqual(heard, [
    ['on-community-request-approve', 'pending-approval', '1', { note: 'please' }, true],
    ['on-community-request-changes', 'editing', '3', {}, true],
    ['on-community-approve', 'approved', '3', {}, true],
    ['on-community-revert-approval', 'pending-approval', '4', {}, true],
    ['on-community-publish', 'published', '4', {}, true],
    ['on-community-unpublish', 'approved', '9', {}, true],
    ['on-community-delete-draft', 'deleted', '1', {}, true],
  ])
})

test('a new community is told of before and after, and a listener can refuse it', async () => {
  const heard = []
  let refuse = false
  const { ask, store } = await serverWith({
    events: {
      'before-community-insert': async ({ record, payload, resource }) => {
        const { communities } = await store.facts([{ relation: 'community', id: resource.id }])
        heard.push(['before', record.title, Object.keys(communities), payload.roles.length])
        if (refuse) throw new Problem(409, 'no_room', 'there is no room for more communities')
      },
      'after-community-insert': [({ record }) => heard.push(['after', record.title])],
    },
  })
  const make = (id) => ask('admin', 'POST', '/communities/', { body: { id, title: id } })
  assert.equal((await make('c1')).status, 201)
  assert.deepEqual(heard, [
    ['before', 'c1', [], 3],
    ['after', 'c1'],
  ])
  refuse = true
  const refused = await make('c2')
  assert.deepEqual([refused.status, refused.json.code], [409, 'no_room'])
  assert.equal((await ask('admin', 'GET', '/communities/c2')).status, 404)
})

test('a listener that throws after the write harms nobody', async () => {
  const { ask, handler, errors } = await serverWith()
  const heard = []
  handler.on('on-community-approve', () => {
    throw new Error('mail server is down')
  })
  const end = handler.on('on-community-approve', ({ name }) => heard.push(name))
  assert.equal((await ask('curator', 'POST', '/A/a-pending/approve')).status, 202)
  assert.deepEqual(heard, ['on-community-approve'])
  assert.equal(errors.length, 1)
  end()
  await ask('publisher', 'POST', '/A/a-pending/revert-approve')
  await ask('curator', 'POST', '/A/a-pending/approve')
  assert.equal(heard.length, 1)
})

test('where an event says that a listener must commit, nothing is written unless one does', async () => {
  const world = facts()
  const record = { 'oarepo:primaryCommunity': 'A', 'oarepo:recordStatus': 'pending-approval', 'oarepo:ownedBy': 1 }
  world.records = { r: record }
  const { ask, handler, store } = await serverWith({ world, policy: 'oarepo-3.0.5' })
  const state = async () => (await store.facts([{ relation: 'record', id: 'r' }])).records.r['oarepo:recordStatus']
  const heard = []
  handler.on('on-community-approve', ({ commit }) => heard.push(commit))
  const before = await store.revision()
  assert.equal((await ask('curator', 'POST', '/A/r/approve')).status, 202)
  assert.deepEqual([heard, await state(), await store.revision()], [[false], 'pending-approval', before])
  handler.on('on-community-approve', (event) => event.save())
  assert.equal((await ask('curator', 'POST', '/A/r/approve')).status, 202)
  assert.equal(await state(), 'approved')
})

test('two writers: the one who comes too late decides anew, and nothing is lost', async () => {
  const { ask, store } = await serverWith()
  const write = store.write.bind(store)
  let others = 0
  store.write = async (asked) => {
    if (others > 0 && asked.changes) {
      others -= 1
      const { records } = await store.facts([{ relation: 'record', id: 'a-editing' }])
      const value = { ...records['a-editing'], [`other${others}`]: true }
      const change = { op: 'put', key: { relation: 'record', id: 'a-editing' }, value }
      await write({ changes: [change], expected: await store.revision() })
    }
    return write(asked)
  }
  others = 2
  const patched = await ask('owner', 'PATCH', '/A/a-editing', { body: { title: 'mine' } })
  assert.equal(patched.status, 200)
  const { title, other0, other1 } = patched.json.metadata
  assert.deepEqual([title, other0, other1], ['mine', true, true])
  others = 3
  const busy = await ask('owner', 'PATCH', '/A/a-editing', { body: { title: 'again' } })
  assert.deepEqual([busy.status, busy.json.code, busy.headers['retry-after']], [503, 'retry_later', '1'])
  assert.equal((await ask('owner', 'GET', '/A/a-editing')).json.metadata.title, 'mine')
})

test('housekeeping runs every job and says what it did', async () => {
  let due = 3
  const { handler, errors } = await serverWith({
    sync: false,
    jobs: [
      { name: 'embargoes', run: async () => due },
      {
        name: 'broken',
        run: () => {
          throw new Error('no disk')
        },
      },
      { name: 'leases', run: async ({ now }) => Number(now() > 0) },
    ],
  })
  assert.deepEqual(await handler.housekeeping(), [
    { name: 'embargoes', done: 3 },
    { name: 'broken', done: 0, error: 'no disk' },
    { name: 'leases', done: 1 },
    { name: 'expire', done: 0 },
    { name: 'lift-embargo', done: 0 },
    { name: 'unreadable', done: 0 },
  ])
  assert.equal(errors.length, 1)
  due = 0
  assert.equal((await handler.housekeeping())[0].done, 0)
})

test('the host hears once of a record that the policy cannot read, and nobody else does', async () => {
  const world = facts()
  world.records.broken = { ...world.records['a-published'], 'oarepo:recordStatus': 'no such state' }
  const { handler, ask, errors } = await serverWith({ world })
  const unreadable = async () => (await handler.housekeeping()).find(({ name }) => name === 'unreadable')
  assert.deepEqual(await unreadable(), { name: 'unreadable', done: 1 })
  assert.equal(errors.length, 1)
  assert.match(errors[0].message, /`broken`.*no such state/)
  assert.deepEqual(await unreadable(), { name: 'unreadable', done: 1 })
  assert.equal(errors.length, 1)
  for (const who of [null, 'root']) {
    const { json } = await ask(who, 'GET', '/A/')
    assert.ok(json.hits.hits.length > 0)
    assert.ok(json.hits.hits.every(({ id }) => id !== 'broken'))
  }
})

test('a closed handler lets go of the store', async () => {
  const { handler, store, ask } = await serverWith()
  let heard = 0
  handler.on('*', () => (heard += 1))
  await handler.close()
  assert.equal((await ask('curator', 'POST', '/A/a-pending/approve')).status, 202)
  assert.equal(heard, 0)
  assert.equal(typeof (await store.revision()), 'string')
})
