// What an index keeps of access lists is the host's alone: no door that writes a record takes it from a client, and none shows it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { facts as aclFacts, withLists } from './acl-world.mjs'
import { stores } from './stores.mjs'

const FIELD = '_invenio_explicit_acls'
const KEPT = [{ operation: 'get', id: 'all', user: ['1', 'hiddenname'] }]
const FORGED = [{ operation: 'get', id: 'all', user: ['2', 'forgedname'] }]

const world = () => {
  const facts = aclFacts()
  facts.records.r2[FIELD] = KEPT
  facts.acls.write = {
    operation: 'update',
    type: 'default',
    schemas: ['record'],
    actors: [{ type: 'user', users: [1] }],
  }
  return facts
}

/** A device that pushes intents as they come, beside plain requests. */
function device(ask, who, bundle) {
  let n = 0
  const id = `${who}-1`
  return {
    pull: () =>
      ask(who, 'POST', '/sync/pull', {
        body: { v: 1, device: id, cookie: null, subs: ['everywhere'], have: { bundle, schema: 1 }, ackVerdicts: 0 },
      }),
    push(action, target, args, { actor, base }) {
      const intent = { n: ++n, idem: `${id}:${n}`, actor, action, target, args, base, predicted: 'allow', causes: [] }
      return ask(who, 'POST', '/sync/push', { body: { v: 1, device: id, intents: [{ ...intent, made: { wall: 0 } }] } })
    },
  }
}

for (const kind of ['memory', 'sqlite']) {
  test(`${kind}: no client writes it, by whatever door`, async () => {
    const { ask, store, engine } = await withLists({ world: world(), open: await stores[kind]() })
    const stored = async (id) => (await store.facts([{ relation: 'record', id }])).records[id]
    const seen = async (said, id) => {
      assert.ok(said.status < 300, said.text)
      assert.ok(!said.text.includes('forgedname') && !said.text.includes('hiddenname'), said.text)
      return stored(id)
    }
    const made = await ask('root', 'POST', '/records/', { body: { title: 'New', [FIELD]: FORGED } })
    await seen(made, made.json.id)
    assert.ok(!Object.hasOwn(await stored(made.json.id), FIELD))

    const { metadata } = (await ask('reader', 'GET', '/records/r2')).json
    assert.ok(!Object.hasOwn(metadata, FIELD))
    const whole = await ask('reader', 'PUT', '/records/r2', { body: { ...metadata, title: 'Put', [FIELD]: FORGED } })
    assert.deepEqual(await seen(whole, 'r2'), { ...metadata, title: 'Put', [FIELD]: KEPT })
    const without = await ask('reader', 'PUT', '/records/r2', { body: { ...metadata, title: 'Without' } })
    assert.deepEqual(await seen(without, 'r2'), { ...metadata, title: 'Without', [FIELD]: KEPT })
    for (const value of [FORGED, null, [], 'text']) {
      const part = await ask('reader', 'PATCH', '/records/r2', { body: { title: 'Part', [FIELD]: value } })
      assert.deepEqual(await seen(part, 'r2'), { ...metadata, title: 'Part', [FIELD]: KEPT })
    }

    const phone = device(ask, 'reader', engine.policy.hash)
    const pulled = await phone.pull()
    await seen(pulled, 'r2')
    const at = { actor: '1', base: pulled.json.next }
    const target = { relation: 'record', id: 'r2' }
    const set = [
      { path: 'title', was: 'Part', value: 'Pushed' },
      { path: FIELD, was: null, value: FORGED },
    ]
    const pushed = await phone.push('update', target, { set }, at)
    await seen(pushed, 'r2')
    assert.deepEqual((await stored('r2'))[FIELD], KEPT)
    const removed = await phone.push('update', target, { set: [{ path: FIELD, was: null, remove: true }] }, at)
    await seen(removed, 'r2')
    assert.deepEqual((await stored('r2'))[FIELD], KEPT)

    const tablet = device(ask, 'root', engine.policy.hash)
    const first = await tablet.pull()
    const record = { title: 'Offline', [FIELD]: FORGED }
    const created = await tablet.push(
      'create',
      { relation: 'record', id: 'offline' },
      { record },
      { actor: '9', base: first.json.next },
    )
    assert.deepEqual(
      created.json.verdicts.map(({ r, code }) => code ?? r),
      ['accepted'],
      created.text,
    )
    assert.equal((await seen(created, 'offline'))[FIELD], undefined)
    await seen(await tablet.pull(), 'offline')
    await store.close()
  })

  test(`${kind}: nobody is shown it, nor finds a record by it`, async () => {
    const { ask, store } = await withLists({ world: world(), open: await stores[kind]() })
    for (const who of ['reader', 'listadmin', 'root', null]) {
      for (const path of ['/records/r2', '/records/', '/records/?operations=true', '/records/r2/acls']) {
        const { text } = await ask(who, 'GET', path)
        assert.ok(!text.includes('hiddenname') && !text.includes(FIELD), `${who} ${path}: ${text}`)
      }
      const found = await ask(who, 'GET', '/records/?q=hiddenname')
      assert.equal(found.json.hits.hits.length, 0, `${who}`)
    }
    assert.equal((await ask('reader', 'GET', '/records/?q=two')).json.hits.hits.length, 1)
    await store.close()
  })
}
