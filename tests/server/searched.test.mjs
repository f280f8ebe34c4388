// `q` finds no record by what its reader is not shown: whoever may not see a word is not told that it is there.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { repository, world } from './repository-world.mjs'
import { stores } from './stores.mjs'

const facts = () => {
  const all = world()
  const { pub } = all.records
  pub.title = 'Glacier'
  pub.communities.secondary = ['hidden', 'closed']
  pub.access = {
    grants: [{ subject: { type: 'role', id: 'walrus' }, permission: 'view' }],
    links: [{ id: 'sesame', permission: 'view' }],
  }
  all.records.book = { $type: 'document', title: 'Glacier', _access: { read: ['6', 'narwhal'], update: ['beluga'] } }
  return all
}

for (const [label, opened] of Object.entries(stores)) {
  test(`words of what some are shown only are not searched, on ${label}`, async (t) => {
    const { ask, store, errors } = await repository({ facts: facts(), open: await opened() })
    t.after(() => store.close())
    const found = async (path, q) => (await ask('stranger', 'GET', `${path}?q=${q}`)).json.hits.hits.map(({ id }) => id)
    // They may read it, and are told that something is left out of it.
    const read = await ask('stranger', 'GET', '/open/pub')
    assert.ok(read.json.missing.some((at) => at.join('.') === 'communities.secondary'))
    assert.deepEqual(await found('/open/', 'glacier'), ['pub'])
    for (const word of ['hidden', 'walrus', 'sesame']) {
      assert.ok(!read.text.includes(word), word)
      assert.deepEqual(await found('/open/', word), [], word)
      assert.deepEqual(await found('/records/', word), [], word)
    }
    assert.deepEqual(await found('/documents/', 'glacier'), ['book'])
    for (const word of ['narwhal', 'beluga']) assert.deepEqual(await found('/documents/', word), [], word)
    // A record that is written anew is read anew.
    assert.equal((await ask('member', 'PATCH', '/open/draft', { body: { title: 'Moraine' } })).status, 200)
    const own = async (q) => (await ask('member', 'GET', `/open/?q=${q}`)).json.hits.hits.map(({ id }) => id)
    assert.deepEqual(await own('moraine'), ['draft'])
    assert.deepEqual(errors, [])
  })
}
