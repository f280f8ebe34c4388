// Re-application as scheduled work of a server: what is due is done, told of, stopped, gone on with and taken over.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEngine } from 'lictor'
import { createHandler } from 'lictor/server'
import { cancelReapply, openReapply, reapply, reapplyStatus } from 'lictor/tools'
import { STORES, anIndex, engine, ofSchema, stand, tools, truth, user, write } from './reapply-world.mjs'

/** A server with the job, and what the job reported. */
function server(store, sink, { options, runs = engine } = {}) {
  const errors = []
  const work = openReapply(tools, store, sink)
  const handler = createHandler({
    engine: runs,
    store,
    authenticate: () => null,
    sync: false,
    jobs: [work.job(options)],
    onError: (error) => errors.push(error.message),
  })
  const reported = async () => (await handler.housekeeping()).find(({ name }) => name === 'reapply')
  return { reported, errors, close: () => (work.close(), handler.close()) }
}

for (const kind of STORES) {
  test(`${kind}: each run brings the index to where the store stands, and says how much that was`, async () => {
    const { store } = await stand(kind)
    const index = anIndex()
    const heard = []
    const options = { batch: 15, onProgress: ({ done, total }) => heard.push([done, total]) }
    const { reported, errors, close } = server(store, index.sink, { options })
    assert.deepEqual(await reported(), { name: 'reapply', done: 40 })
    assert.deepEqual(heard, [[15, 40], [30, 40], [40, 40]]) // prettier-ignore
    assert.deepEqual(await reported(), { name: 'reapply', done: 0 })
    const before = await truth(store)
    await write(store, { acls: { base: ofSchema('two', user('1')) } })
    const now = await truth(store)
    const differ = [...now.keys()].filter((id) => JSON.stringify(now.get(id)) !== JSON.stringify(before.get(id)))
    assert.ok(differ.length > 0)
    assert.deepEqual(await reported(), { name: 'reapply', done: differ.length })
    assert.deepEqual(index.content(), now)
    assert.deepEqual(errors, [])
    await close()
  })

  test(`${kind}: what was cancelled, or lost its index, is told of, and the next run goes on there`, async () => {
    const { store } = await stand(kind)
    const fates = { 1: () => cancelReapply(store), 3: () => 'before' }
    const index = anIndex((batch) => fates[batch]?.())
    const { reported, errors, close } = server(store, index.sink, { options: { batch: 10 } })
    const stopped = 'stopped before its end; the next run goes on there'
    assert.deepEqual(await reported(), { name: 'reapply', done: 20, error: stopped })
    assert.deepEqual((await reapplyStatus(store)).job, { done: 10, total: 40 })
    delete fates[1]
    // The batch that was under way is given once more, the one after it is lost.
    assert.deepEqual(await reported(), { name: 'reapply', done: 0, error: 'the index is away' })
    delete fates[3]
    assert.deepEqual(await reported(), { name: 'reapply', done: 40 })
    assert.deepEqual(errors, [`reapply: ${stopped}`, 'the index is away'])
    assert.deepEqual(index.content(), await truth(store))
    await close()
  })

  test(`${kind}: another process takes it over`, async () => {
    const { store } = await stand(kind)
    const index = anIndex()
    const other = (batch) => index.sink(batch)
    let taken
    const sink = async (batch) => {
      await index.sink(batch)
      taken ??= await reapply(tools, store, other, { batch: 10 })
    }
    const { reported, close } = server(store, sink, { options: { batch: 10 } })
    assert.match((await reported()).error, /the next run goes on/)
    assert.deepEqual([taken.outcome, taken.records], ['done', 40])
    assert.deepEqual(await reported(), { name: 'reapply', done: 0 })
    assert.deepEqual(index.content(), await truth(store))
    await close()
  })
}

test('a server of another policy does nothing', async () => {
  const { store } = await stand('memory')
  const index = anIndex()
  const { reported, close } = server(store, index.sink, { runs: await createEngine({ policy: 'explicit-acls' }) })
  const { done, error } = await reported()
  assert.deepEqual(
    [done, error],
    [0, 'the server runs another policy than these tools; make both from the same document'],
  )
  assert.deepEqual([index.batches, await reapplyStatus(store).then(({ applied }) => applied)], [[], null])
  await close()
})
