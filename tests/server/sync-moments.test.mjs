// What the passing of time does to a view. Answers that travel with an entry say until when they hold; once that has come, the next
// pull looks at the view anew, though nobody wrote anything.
import assert from 'node:assert/strict'
import test from 'node:test'
import { createEngine } from 'lictor'
import { openMemoryStore } from 'lictor/store'
import { world } from './repository-world.mjs'
import { serve } from './sync/server.mjs'

const engine = await createEngine({ policy: 'repository' })
const have = { have: { bundle: engine.policy.hash, schema: 1 } }
const NOW = Date.UTC(2026, 10, 22)
const DAY = 86_400_000

/** A curator's device, who may not see one of the record's communities: some answers come from the server. */
async function started() {
  const facts = world()
  const embargo = { active: true, until: '2026-11-24' }
  const access = { record: 'restricted', files: 'restricted', embargo }
  facts.records.later = { ...facts.records.draft, access, communities: { primary: 'open', secondary: ['hidden'] } }
  const clock = { now: NOW }
  const counts = { list: 0 }
  const wrap = (inner) =>
    new Proxy(inner, {
      get(target, name) {
        if (name === 'list') counts.list += 1
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  const store = await openMemoryStore(facts, { columns: engine, now: () => clock.now })
  const server = await serve({ engine, store, wrap, clock })
  const device = server.device('3')
  await device.pull(have)
  return { ...server, device, clock, counts }
}

const lifting = (device) => device.record('later').derived?.['lift-embargo']

test('when an answer that came with a record ends, the next pull brings the one that holds now, once', async () => {
  const { device, clock, counts, errors } = await started()
  assert.deepEqual(lifting(device), { is: 'deny', until: NOW + 2 * DAY })
  counts.list = 0
  clock.now = NOW + 2 * DAY - 1
  assert.deepEqual((await device.pull(have)).json.ops, [])
  assert.equal(counts.list, 0, 'nothing was written and nothing has ended: nothing is looked at')
  clock.now = NOW + 2 * DAY
  const { ops } = (await device.pull(have)).json
  assert.deepEqual(
    ops.map(({ op, k }) => [op, k.id]),
    [['put', 'later']],
  )
  assert.deepEqual(lifting(device), { is: 'allow', from: NOW + 2 * DAY })
  assert.ok(counts.list > 0)
  counts.list = 0
  assert.deepEqual((await device.pull(have)).json.ops, [])
  assert.equal(counts.list, 0, 'it ends once')
  assert.deepEqual(errors, [])
})

test('a record that somebody writes, or the device itself, brings its moments along', async () => {
  for (const own of [false, true]) {
    const { device, clock, store, errors } = await started()
    const { records } = await store.all()
    const key = { relation: 'record', id: 'later' }
    const sooner = {
      ...records.later,
      access: { ...records.later.access, embargo: { active: true, until: '2026-11-23' } },
    }
    if (own) {
      const set = [{ path: 'access.embargo.until', was: '2026-11-24', value: '2026-11-23' }]
      const { json } = await device.push(device.intent('update', key, { set }, { predicted: 'unknown' }))
      assert.equal(json.verdicts[0].r, 'accepted', JSON.stringify(json.verdicts))
    } else await store.commit([{ op: 'put', key, value: sooner }], await store.revision())
    await device.pull(have)
    assert.deepEqual(lifting(device), { is: 'deny', until: NOW + DAY })
    clock.now = NOW + DAY
    await device.pull(have)
    assert.deepEqual(lifting(device), { is: 'allow', from: NOW + DAY }, `${own}`)
    assert.deepEqual(errors, [])
  }
})
