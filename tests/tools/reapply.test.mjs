// Re-application: an index is brought to where the store stands, exactly those records are written whose field changed or that
// were written themselves, and a job goes on where it was, whatever happened to it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEngine } from 'lictor'
import { cancelReapply, createTools, openReapply, reapply, reapplyStatus } from 'lictor/tools'
import { faulty } from '../server/sync/store-faults.mjs'
import * as world from './reapply-world.mjs'

const { STORES, anIndex, documentOf, everyone, ofIds, ofKind, ofSchema, stand, tools, truth, user, write } = world

/** The ids whose field is another than before. */
async function differing(before, store) {
  const now = await truth(store)
  const ids = [...new Set([...before.keys(), ...now.keys()])]
  return ids.filter((id) => JSON.stringify(before.get(id)) !== JSON.stringify(now.get(id))).sort()
}

for (const kind of STORES) {
  test(`${kind}: first all records, then those that changed`, async () => {
    const { store, ids } = await stand(kind)
    const index = anIndex()
    assert.deepEqual(await reapplyStatus(store), { applied: null, due: true, job: null })
    const first = await reapply(tools, store, index.sink, { batch: 7 })
    const { revision } = first
    assert.deepEqual(first, { outcome: 'done', records: 40, lists: 3, revision: await store.revision() })
    assert.deepEqual(index.content(), await truth(store))
    assert.equal(index.batches.length, 6)
    assert.deepEqual(await reapplyStatus(store), { applied: revision, due: false, job: null })

    const staying = openReapply(tools, store, index.sink)
    const changes = [
      { acls: { base: ofSchema('two', user('1')) } },
      { acls: { some: ofKind('k1', user('9'), { priority: 1 }) } },
      { acls: { more: ofKind('k2', everyone) } },
      { acls: { named: ofIds([ids[0], ids[39], 'none'], everyone) } },
      { acls: { deny: ofKind('k3', everyone, { effect: 'deny', priority: 5 }) } },
      { acls: { some: null, base: null } },
      { acls: { base: { ...ofSchema('two', user('1')), name: 'Renamed' } } },
      { acls: { base: { ...ofSchema('two', user('1')), name: 'Renamed again' } } },
    ]
    for (const change of changes) {
      const before = await truth(store)
      await write(store, change)
      const wanted = await differing(before, store)
      assert.equal((await reapplyStatus(store)).due, true)
      // One that stays, and one that comes anew; the first has nothing left to do for the second, or the other way round.
      const fresh = anIndex()
      const done = changes.indexOf(change) % 2 ? await staying.run() : await reapply(tools, store, index.sink)
      assert.deepEqual(done, {
        outcome: 'done',
        records: wanted.length,
        lists: Object.keys(change.acls).length,
        revision: await store.revision(),
      })
      if (wanted.length > 0) assert.deepEqual(index.batches.at(-1), wanted)
      assert.deepEqual(index.content(), await truth(store))
      assert.deepEqual(await reapply(tools, store, fresh.sink), { ...done, records: 0, lists: 0 })
    }

    await write(store, { records: { [ids[3]]: documentOf(3, { kind: 'k2' }), [ids[4]]: null, fresh: documentOf(1) } })
    const before = index.batches.length
    assert.equal((await staying.run()).records, 3)
    assert.deepEqual(index.batches.slice(before), [[ids[3], ids[4], 'fresh'].sort()])
    assert.deepEqual(index.content(), await truth(store))
    assert.equal((await staying.run({ whole: true })).records, 40)
    staying.close()
    await store.close()
  })

  test(`${kind}: a crash before and after every write, and in every batch`, async (t) => {
    // Two jobs: all records, then a change that most of them feel.
    const history = async (plan, fail) => {
      const { store } = await stand(kind)
      const index = anIndex(fail)
      const unsafe = faulty(store, plan)
      const told = []
      const until = async () => {
        for (let tries = 0; tries < 4; tries++) {
          try {
            return await reapply(tools, unsafe, index.sink, { batch: 9, onProgress: (at) => told.push(at) })
          } catch (error) {
            assert.match(error.message, /the connection broke|the index is away|the answer was lost/)
          }
        }
        throw new Error('never done')
      }
      const done = [await until()]
      await write(store, { acls: { base: null, more: ofSchema('one', everyone), some: ofKind('k0', user('3')) } })
      done.push(await until())
      assert.deepEqual(index.content(), await truth(store))
      assert.deepEqual(await reapplyStatus(store), { applied: await store.revision(), due: false, job: null })
      for (const { done, total } of told) assert.ok(done <= total)
      assert.deepEqual(
        (await store.cells('reapply/')).map(({ key }) => key),
        ['reapply/known/more', 'reapply/known/named', 'reapply/known/some', 'reapply/standing'],
      )
      await store.close()
      return { records: done.map(({ records }) => records), batches: index.batches.length }
    }
    let writes = 0
    const calm = await history(
      () => void (writes += 1),
      () => undefined,
    )
    assert.ok(writes > 8 && calm.batches > 6)
    for (const fate of ['before', 'after']) {
      for (let at = 0; at < writes; at++) {
        let count = 0
        const found = await history(
          () => (count++ === at ? fate : undefined),
          () => undefined,
        )
        // A batch is given again, and no more than one.
        assert.ok(found.batches <= calm.batches + 1, `${found.batches} batches, ${calm.batches} without a crash`)
        // What was done and not answered for is counted by nobody, if the crash was after the last write of a job.
        for (const [n, records] of found.records.entries()) assert.ok([0, calm.records[n]].includes(records))
      }
      for (let at = 0; at < calm.batches; at++) {
        let count = 0
        const found = await history(
          () => undefined,
          () => (count++ === at ? fate : undefined),
        )
        assert.deepEqual(found.records, calm.records)
      }
    }
    t.diagnostic(`${writes} writes, ${calm.batches} batches`)
  })

  test(`${kind}: what is written while a job runs, or while it lies broken off, is not missed`, async () => {
    const rounds = [
      // Amid the batches of one run.
      async ({ store, index, change }) => {
        let count = 0
        const sink = async (batch) => {
          await index.sink(batch)
          if (count++ === 1) await change()
        }
        const done = await reapply(tools, store, sink, { batch: 5 })
        assert.equal(done.outcome, 'done')
      },
      // While it lies broken off: it ends as it began, and the rest follows.
      async ({ store, index, change }) => {
        const stop = new AbortController()
        const broken = await reapply(tools, store, index.sink, {
          batch: 5,
          signal: stop.signal,
          onProgress: () => stop.abort(),
        })
        assert.deepEqual([broken.outcome, broken.records], ['cancelled', 5])
        const { job } = await reapplyStatus(store)
        assert.equal(job.done, 5)
        await change()
        assert.equal((await reapply(tools, store, index.sink)).outcome, 'done')
      },
    ]
    for (const round of rounds) {
      for (const change of [
        { acls: { base: ofSchema('one', user('1')) } },
        { acls: { base: null } },
        { acls: { base: ofSchema('two', everyone), named: null } },
        { records: { r0: documentOf(1), r5: null, a: documentOf(2), z: documentOf(2) } },
        { acls: { base: ofSchema('two', user('5')) }, records: { r0: null } },
      ]) {
        const { store } = await stand(kind)
        const index = anIndex()
        await reapply(tools, store, index.sink)
        // Back to what it was is one of the changes: half of the index has it otherwise by then.
        await write(store, { acls: { base: ofSchema('one', user('1', '2')) } })
        await round({ store, index, change: () => write(store, change) })
        assert.deepEqual(index.content(), await truth(store))
        assert.equal((await reapplyStatus(store)).due, false)
        await store.close()
      }
    }
  })
}

test('a store that does not know any more what was written has all records written anew', async () => {
  const { store } = await stand('memory')
  const index = anIndex()
  const forgetful = new Proxy(store, {
    get: (target, name) => (name === 'changed' ? async () => null : Reflect.get(target, name).bind(target)),
  })
  await reapply(tools, forgetful, index.sink)
  await write(store, { records: { r0: documentOf(2) } })
  assert.equal((await reapply(tools, forgetful, index.sink)).records, 40)
  assert.deepEqual(index.content(), await truth(store))
})

test('a job is cancelled from elsewhere, and who starts it anew takes it over', async () => {
  const { store } = await stand('memory')
  const index = anIndex()
  assert.equal(await cancelReapply(store), false)
  let count = 0
  const cancelling = async (batch) => {
    await index.sink(batch)
    if (count++ === 1) assert.equal(await cancelReapply(store), true)
  }
  const first = await reapply(tools, store, cancelling, { batch: 4 })
  assert.deepEqual([first.outcome, first.revision], ['cancelled', null])
  assert.deepEqual((await reapplyStatus(store)).job, { done: 4, total: 40 })

  let other
  count = 0
  const slow = async (batch) => {
    if (count++ === 1) other = await reapply(tools, store, index.sink, { batch: 4 })
    await index.sink(batch)
  }
  const second = await reapply(tools, store, slow, { batch: 4 })
  assert.equal(second.outcome, 'cancelled')
  assert.deepEqual([other.outcome, other.records], ['done', 40])
  assert.deepEqual(index.content(), await truth(store))
  assert.equal((await reapply(tools, store, index.sink)).records, 0)
})

test('under another policy lists mean something else: all is written anew, a broken job too', async () => {
  const changes = { acls: { schemas: ['one', 'two'], states: null }, states: ['published', 'deleted'] }
  const others = { policy: world.policy, changes }
  const [engine, otherTools] = [await createEngine(others), await createTools(others)]
  const { store, ids } = await stand('memory')
  const index = anIndex()
  await write(store, { records: { [ids[1]]: documentOf(1, { state: 'deleted' }) } })
  await reapply(tools, store, index.sink)
  await write(store, { acls: { base: null, more: ofSchema('one', everyone) } })
  const stop = new AbortController()
  await reapply(tools, store, index.sink, { batch: 3, signal: stop.signal, onProgress: () => stop.abort() })
  await write(store, { acls: { more: null } })
  assert.equal((await reapply(otherTools, store, index.sink)).records, 40)
  assert.deepEqual(index.content(), await truth(store, engine))
  const keys = (await store.cells('reapply/goal/')).map(({ key }) => key)
  assert.deepEqual(keys, [])
})

test('a list that cannot be read stops the job with its path, and the index stays as it was', async () => {
  const { store } = await stand('memory')
  const index = anIndex()
  await reapply(tools, store, index.sink)
  await write(store, { acls: { odd: { type: 'default', schemas: ['none'], operation: 'get', actors: [] } } })
  await assert.rejects(reapply(tools, store, index.sink), ({ path }) => path === 'changes.acls.odd.schemas[0]')
  assert.equal(index.batches.length, 1)
  await write(store, { acls: { odd: null } })
  assert.equal((await reapply(tools, store, index.sink)).outcome, 'done')
  assert.deepEqual(index.content(), await truth(store))
})

/** Makes of a list, wherever it is kept, one that no engine reads, as if one of before had. */
async function spoil(store, id, bad) {
  await write(store, { acls: { [id]: bad } })
  const cells = [...(await store.cells('reapply/known/')), ...(await store.cells('reapply/goal/'))]
  const kept = cells.filter(({ key }) => key.endsWith(`/${id}`)).map(({ key }) => ({ key, text: JSON.stringify(bad) }))
  assert.equal(kept.length, 1)
  await store.write({ cells: kept, guards: [] })
}

/** The error names the list, the place in it, and what mends it. */
const namesIt = ({ path, message }) =>
  path === 'changes.acls.some.query.fuzzy' && /access list `some`.*`lictor acl delete`/.test(message)
const bad = ofKind('k1', everyone, { priority: 9, query: { fuzzy: { kind: 'k1' } } })

for (const mend of [null, ofKind('k2', user('9'))]) {
  test(`a list that the engine no longer reads stops everything until it is ${mend ? 'mended' : 'removed'}`, async () => {
    const { store, ids } = await stand('memory')
    const index = anIndex()
    await reapply(tools, store, index.sink)
    const staying = openReapply(tools, store, index.sink)
    await spoil(store, 'some', bad)
    await write(store, { records: { [ids[3]]: documentOf(3, { kind: 'k2' }) } })
    const before = index.content()
    for (const run of [() => reapply(tools, store, index.sink), () => staying.run()])
      await assert.rejects(run(), namesIt)
    assert.deepEqual(index.content(), before)
    await write(store, { acls: { some: mend } })
    assert.deepEqual((await staying.run()).outcome, 'done')
    assert.deepEqual(index.content(), await truth(store))
    assert.equal((await reapplyStatus(store)).due, false)
    staying.close()
  })

  test(`and if it is what an interrupted job leads to, that is given up once it is ${mend ? 'mended' : 'removed'}`, async () => {
    const { store } = await stand('memory')
    const index = anIndex()
    await reapply(tools, store, index.sink)
    await write(store, { acls: { some: ofKind('k3', everyone) } })
    const stop = new AbortController()
    const first = { batch: 3, signal: stop.signal, onProgress: () => stop.abort() }
    assert.equal((await reapply(tools, store, index.sink, first)).records, 3)
    await store.write({ cells: [{ key: 'reapply/known/some', text: null }], guards: [] })
    await spoil(store, 'some', bad)
    await assert.rejects(reapply(tools, store, index.sink), namesIt)
    await write(store, { acls: { some: mend } })
    assert.equal((await reapply(tools, store, index.sink)).outcome, 'done')
    assert.deepEqual(index.content(), await truth(store))
    assert.deepEqual(await store.cells('reapply/goal/'), [])
  })
}

test('a list that cannot be read under another policy begins no job, so mending it, or the old policy, goes on', async () => {
  const narrowed = { policy: world.policy, changes: { acls: { schemas: ['two'] } } }
  const [engine, otherTools] = [await createEngine(narrowed), await createTools(narrowed)]
  const { store } = await stand('memory')
  const index = anIndex()
  await write(store, { acls: { some: null } })
  await reapply(tools, store, index.sink)
  const standing = await reapplyStatus(store)
  for (const options of [{}, { whole: true }]) {
    const unread = ({ path }) => path === 'changes.acls.base.schemas[0]'
    await assert.rejects(reapply(otherTools, store, index.sink, options), unread)
    assert.deepEqual(await reapplyStatus(store), standing)
    assert.equal(await cancelReapply(store), false)
  }
  assert.equal((await reapply(tools, store, index.sink)).records, 0)
  await write(store, { acls: { base: ofSchema('two', user('1')) } })
  assert.equal((await reapply(otherTools, store, index.sink)).records, 40)
  assert.deepEqual(index.content(), await truth(store, engine))
  assert.equal((await reapplyStatus(store)).due, false)
})

test('lists that are held: whose field a change changes, and what it is; bad input changes nothing', async () => {
  const lists = tools.applied()
  lists.load({ r1: documentOf(1), r2: documentOf(3) })
  assert.deepEqual(lists.change({ acls: { base: ofSchema('one', user(1)) } }), ['r1'])
  const field = [{ operation: 'get', id: 'base', user: ['1'] }]
  const now = [
    { id: 'r1', field },
    { id: 'r2', field: [] },
    { id: 'none', field: null },
  ]
  assert.deepEqual(lists.fields(['r1', 'r2', 'none']), now)
  const odd = { acls: { base: null, deep: ofKind('k', everyone, { query: { term: {} } }) } }
  assert.throws(() => lists.change(odd), { path: 'changes.acls.deep.query.term' })
  assert.throws(() => lists.change({ records: { r1: 'text' } }), { path: 'changes.records.r1' })
  assert.deepEqual(lists.fields(['r1', 'r2', 'none']), now)
  assert.deepEqual(lists.change({ records: { r1: null, r3: documentOf(1) } }), ['r1', 'r3'])
  assert.equal(lists.size, 2)
  lists.free()
  assert.throws(() => lists.fields(['r1']), { code: 'stale_handle' })
  const without = await createTools({ policy: 'oarepo' })
  assert.throws(() => without.applied(), { path: 'policy.acls' })
})
