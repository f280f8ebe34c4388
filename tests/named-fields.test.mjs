// Records with named fields of every kind, over wasm: the index, lists and single questions give one answer, whatever the
// documents are made of.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { createEngine } from '../pkg/dist/node.js'
import { namedWorld, subjects } from './named-world.mjs'

const { changes } = JSON.parse(readFileSync(new URL('corpus/named.json', import.meta.url), 'utf8'))

describe('named fields over wasm', () => {
  let engine
  before(async () => (engine = await createEngine({ policy: 'oarepo', changes })))

  test('the policy says where each record type keeps them, and what its machines are', () => {
    const [record, note] = engine.policy.types
    const { path } = record.named.find(({ name }) => name === 'record_access')
    assert.deepEqual(path, ['access', 'record'])
    assert.equal(record.named.length, 10)
    assert.deepEqual(note.named, [{ name: 'record_access', path: ['visibility'] }])
    const machineOf = (key) => engine.policy.machines.find(({ types }) => types.some((type) => type.key === key))
    const [review, community] = ['review', 'community'].map(machineOf)
    assert.deepEqual(
      review.types.map(({ key, item_path: path }) => [key, path]),
      [['review', '/requests/{id}']],
    )
    assert.deepEqual(review.transitions, ['submit', 'accept', 'decline', 'cancel'])
    assert.deepEqual(review.states, ['created', 'submitted', 'accepted', 'declined', 'cancelled'])
    assert.deepEqual(community.actions, ['read', 'rename', 'submit'])
  })

  test('index, session and filter say what single questions say', (t) => {
    const world = namedWorld(11, 400)
    const records = Object.entries(world.records).map(([id, record]) => ({ ...record, id }))
    const facts = engine.facts(world)
    const index = engine.index(records)
    let count = 0
    const letters = new Set()
    for (const subject of subjects) {
      const session = engine.session(subject, facts)
      for (const action of ['read', 'update', 'delete']) {
        const filter = engine.filter({ subject, action }, facts)
        const visible = new Set(session.visible(index, action).rows())
        records.forEach((record, position) => {
          const { id } = record
          const { decision } = engine.check({ subject, action, resource: { type: 'record', id } }, facts)
          const others = {
            session: session.can(index.row(id), action),
            canRecord: session.canRecord(record, action),
            filter: filter.answer(record),
            visible: visible.has(position) ? 'allow' : 'deny',
          }
          for (const [way, answer] of Object.entries(others))
            assert.equal(answer, decision, `${way}: ${JSON.stringify([subject, action, record])}`)
          letters.add(decision)
          count += 1
        })
        filter.free()
      }
      session.free()
    }
    assert.deepEqual([...letters].sort(), ['allow', 'deny'])
    t.diagnostic(`${count} questions, each asked in five ways`)
    index.free()
    facts.free()
  })

  test('a value is told from every other: what differs in a named field has a cell of its own', () => {
    const base = { community: 'a', owner: 1, state: 'published', restricted: true }
    const view = (id, extra = {}) => ({ access: { links: [{ id, permission: 'view', ...extra }] } })
    const records = [
      { ...base },
      { ...base, ...view('l1') },
      { ...base, ...view('l2') },
      { ...base, ...view('l1', { expires_at: 5 }) },
      { ...base, ...view('l1', { expires_at: null }) },
      { ...base, ...view('l1', { expires_at: '2100-01-01' }) },
      { ...base, access: { links: [] } },
      { ...base, readers: ['staff'] },
      { ...base, readers: ['staff,'] },
      { ...base, readers: ['st', 'aff'] },
    ].map((record, i) => ({ ...record, id: `r${i}` }))
    const session = engine.session(
      { type: 'user', id: 3, properties: { roles: ['staff'], links: ['l1'] } },
      { time: 1_000, complete: true, communities: { a: { grants: {} } } },
    )
    const index = engine.index(records)
    const allowed = records.map(({ id }) => session.can(index.row(id), 'read') === 'allow')
    assert.deepEqual(allowed, [false, true, false, false, true, true, false, true, false, false])
    assert.deepEqual(
      records.map((record) => session.canRecord(record, 'read') === 'allow'),
      allowed,
    )
  })

  test('fields that read otherwise the next time, or are no plain JSON, spoil nothing and are named by path', () => {
    const base = { community: 'a', owner: 1, state: 'published' }
    const session = engine.session({ type: 'anonymous' }, { complete: true, communities: { a: { grants: {} } } })
    let reads = 0
    const fickle = {
      ...base,
      get restricted() {
        reads += 1
        return reads % 2 === 0
      },
    }
    for (let i = 0; i < 6; i++) session.canRecord(fickle, 'read')
    assert.equal(session.canRecord({ ...base, restricted: false }, 'read'), 'allow')
    assert.equal(session.canRecord({ ...base, restricted: true }, 'read'), 'deny')
    const throwing = new Proxy(['staff'], {
      get() {
        throw new Error('no')
      },
    })
    const deep = [[[[[[[[[[['x']]]]]]]]]]]
    for (const readers of [new Date(0), 5n, Number.NaN, throwing, deep, () => 1, { toJSON: () => ['staff'] }]) {
      const faulty = { ...base, readers }
      assert.throws(() => session.canRecord(faulty, 'read'), { name: 'LictorError' })
      assert.throws(() => engine.index([{ ...faulty, id: 'r' }]), { name: 'LictorError', path: /^records\[0\]/ })
    }
    assert.equal(session.canRecord({ ...base, readers: [] }, 'read'), 'allow')
  })

  test('what ends ends at its moment; without a moment it is unknown', () => {
    const record = {
      community: 'a',
      owner: 1,
      state: 'published',
      restricted: true,
      access: { links: [{ id: 'l1', permission: 'view', expires_at: 1_000 }] },
    }
    const subject = { type: 'anonymous', properties: { links: ['l1'] } }
    const at = (time) => {
      const facts = { ...(time !== undefined && { time }), communities: { a: { grants: {} } }, complete: true }
      const asked = { subject, action: 'read', resource: { type: 'record', properties: record } }
      const { decision, missing } = engine.check(asked, facts)
      assert.equal(engine.session(subject, facts).canRecord(record, 'read'), decision)
      return [decision, ...missing.map(({ relation }) => relation)]
    }
    assert.deepEqual([at(999), at(1_000), at(undefined)], [['allow'], ['deny'], ['unknown', 'time']])
    const { where } = engine.filter({ subject, action: 'read' }, { complete: true, time: 2_000 })
    assert.match(JSON.stringify(where), /\{"op":"term","in":\["links=view:link:l1"\],"over":true\}/)
  })
})
