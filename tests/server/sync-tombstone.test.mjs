// What was published and taken away stays in the view of whoever could read it, as what it left; other deleted records go.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEngine } from 'lictor'
import { openClient, openMemoryDisk } from 'lictor/client'
import { createHandler } from 'lictor/server'
import { openMemoryStore } from 'lictor/store'

const record = (more) => ({
  communities: { primary: 'c' },
  owners: [{ user: 1 }],
  metadata: { title: 'Snow' },
  ...more,
})

test('a device that held a record, and one that is new, are shown its tombstone', async () => {
  const engine = await createEngine()
  const store = await openMemoryStore(
    {
      communities: { c: { grants: engine.document.grants } },
      records: { r: record({ state: 'published', published_once: true }), draft: record({ state: 'deleted' }) },
    },
    { columns: engine },
  )
  const handler = createHandler({ engine, store, secret: 'any', authenticate: () => ({ type: 'user', id: 7 }) })
  const open = async () => {
    const user = { type: 'user', id: 7 }
    const reach = async (input, init) => handler(new Request(input, init))
    const disk = await openMemoryDisk()
    const client = await openClient({
      engine,
      url: 'http://repository.test/sync',
      user,
      disk,
      feed: false,
      fetch: reach,
    })
    await client.sync()
    return client
  }
  const held = await open()
  assert.equal(held.record('r').value.metadata.title, 'Snow')
  const after = record({ state: 'deleted', published_once: true, deletion: { by: 9, reason: 'asked for' } })
  await store.commit([{ op: 'put', key: { relation: 'record', id: 'r' }, value: after }], await store.revision())
  await held.sync()
  const fresh = await open()
  for (const client of [held, fresh]) {
    const { value } = client.record('r')
    assert.deepEqual([value.state, value.deletion.reason, value.metadata], ['deleted', 'asked for', undefined])
    assert.equal(client.can('read', { type: 'record', id: 'r' }).decision, 'deny')
    assert.equal(client.can('read-tombstone', { type: 'record', id: 'r' }).decision, 'allow')
    assert.deepEqual(client.list({}).ids, [])
    assert.equal(client.record('draft'), undefined)
    await client.close()
  }
  await handler.close()
})
