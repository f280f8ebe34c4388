// A device that is not shown all of a record still says what comes of an action that looks at nothing of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEngine } from 'lictor'

const NOW = Date.UTC(2026, 0, 1)

test('whoever may publish does so on the device, though grants and readers of the record are not shown to them', async () => {
  const engine = await createEngine()
  const record = {
    state: 'approved',
    communities: { primary: 'c' },
    owners: [{ user: 1 }],
    access: { record: 'restricted', grants: [{ subject: { type: 'user', id: '9' }, permission: 'view' }] },
  }
  const facts = engine.facts({
    communities: { c: { grants: engine.document.grants } },
    memberships: [{ community: 'c', user: 4, role: 'publisher' }],
    users: { 4: { roles: [] } },
    records: { r: record },
    time: NOW,
    complete: true,
  })
  const subject = { type: 'user', id: 4 }
  const base = engine.projectBase({ subject, subs: ['everywhere'] }, facts)
  const shown = engine.projectRecords({ subject, records: { r: record } }, facts)
  assert.ok(shown[0].missing.some((path) => path.join('.') === 'access.grants'))
  const replica = engine.replica(subject)
  replica.reset([...base.entries, ...shown], base.closed)
  const target = { relation: 'record', id: 'r' }
  const intent = { n: 1, idem: 'i', actor: '4', action: 'publish', target, args: {}, base: null, causes: [] }
  const [done] = replica.rebase([{ ...intent, predicted: 'unknown', made: { wall: NOW } }])
  assert.deepEqual([done.predicted, done.applied], ['allow', true])
  assert.equal(replica.record('r').value.state, 'published')
  replica.free()
})
