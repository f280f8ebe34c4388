// Input that no well-behaved host would give: names, ids, handles, and ten thousand refusals. (Values and sizes: `bad-input/`.)
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createEngine as createChecker } from 'lictor/check'
import { createTools } from 'lictor/tools'
import { createEngine, LictorError } from '../pkg/dist/node.js'
import {
  assertAlive,
  engine,
  facts,
  nested,
  policyError,
  question,
  record,
  refused,
  resource,
  subject,
} from './bad-input/given.mjs'

describe('names', () => {
  test('names that JavaScript treats as its own', () => {
    for (const id of ['constructor', 'toString', 'hasOwnProperty', 'prototype', 'valueOf']) {
      const named = {
        ...facts,
        communities: { ...facts.communities, [id]: { grants: { member: ['read'] } } },
        records: { ...facts.records, [id]: record },
      }
      assert.equal(engine.check({ ...question, resource: { type: 'record', id } }, named).decision, 'allow')
      assert.equal(engine.check({ ...question, subject: { type: 'user', id } }, named).decision, 'deny')
      const done = engine.step(
        { do: 'update', subject: { type: 'system' }, resource, set: { [id]: 1 } },
        { ...facts, access: [{ action: 'superuser-access', system_role: 'system_process' }] },
      )
      assert.ok(done.outcome === 'refused' || Object.hasOwn(done.changes[0].value, id))
      const index = engine.index({ [id]: record })
      assert.equal(index.id(index.row(id)), id)
      assert.equal(index.row(`${id}x`), undefined)
      index.free()
    }
    assertAlive()
  })

  test('`__proto__` as a field is refused, and nothing is polluted', async () => {
    const polluted = JSON.parse('{"__proto__": {"admin": true}}')
    refused(
      () => engine.check({ ...question, resource: { ...resource, properties: { ...record, deep: polluted } } }, facts),
      'malformed',
      'evaluation.resource.properties.deep.__proto__',
    )
    refused(() => engine.facts({ records: polluted }), 'malformed', 'facts.records.__proto__')
    refused(() => engine.setField(record, 'owners', polluted), 'malformed', 'value.__proto__')
    await policyError('oarepo', 'malformed', 'changes.__proto__', polluted)
    assert.equal({}.admin, undefined)
  })

  test('ids: empty, huge, with control characters, of no kind of their own', () => {
    const by = (id) => () => engine.check({ ...question, subject: { type: 'user', id } }, facts)
    refused(by(''), 'invalid_id', 'evaluation.subject.id')
    refused(by('x'.repeat(256)), 'invalid_id', 'evaluation.subject.id')
    refused(by('a\nb'), 'invalid_id', 'evaluation.subject.id')
    refused(by('\u0000'), 'invalid_id', 'evaluation.subject.id')
    refused(by('\u0085'), 'invalid_id', 'evaluation.subject.id')
    refused(by(1e21), 'malformed', 'evaluation.subject.id')
    refused(by(2 ** 53), 'malformed', 'evaluation.subject.id')
    refused(by(0.1), 'malformed', 'evaluation.subject.id')
    refused(by(true), 'malformed', 'evaluation.subject.id')
    refused(by(null), 'malformed', 'evaluation.subject.id')
    refused(by({}), 'malformed', 'evaluation.subject.id')
    refused(
      () => engine.check({ ...question, subject: { type: 'user' } }, facts),
      'missing_field',
      'evaluation.subject.id',
    )
    assert.equal(by(-0)().decision, 'deny')
    assert.equal(by('4')().decision, 'allow')
  })

  test('words there are not', () => {
    refused(() => engine.check({ ...question, action: 'fly' }, facts), 'unknown_action', 'evaluation.action')
    refused(
      () => engine.facts({ memberships: [{ community: 'c', user: 1, role: 'boss' }] }),
      'unknown_role',
      'facts.memberships[0].role',
    )
    const lost = { ...record, 'oarepo:recordStatus': 'lost' }
    refused(
      () => engine.check({ ...question, resource: { type: 'record', properties: lost } }, facts),
      'unknown_state',
      'evaluation.resource.properties.oarepo:recordStatus',
    )
    refused(() => engine.index([{ id: 'x', ...lost }]), 'unknown_state', 'records[0].oarepo:recordStatus')
    refused(() => engine.index([{ id: 'x' }]), 'no_community', 'records[0].oarepo:primaryCommunity')
    refused(() => engine.field(record, 'title'), 'unknown_field', 'name')
    const done = engine.step({ do: 'transition', subject, resource, transition: 'fly' }, facts)
    assert.equal(done.error.code, 'unknown_transition')
  })

  test('options there are not', async () => {
    const expected = { name: 'LictorError', code: 'unknown_field', path: 'options.preset' }
    for (const create of [createEngine, createChecker, createTools])
      await assert.rejects(create({ preset: 'oarepo' }), expected)
  })

  test('where a name belongs, anything but text', () => {
    for (const name of [undefined, null, 5, {}, Symbol('x'), ['state']]) {
      refused(() => engine.field(record, name), 'malformed', 'name')
      refused(() => engine.setField(record, name, 'x'), 'malformed', 'name')
      refused(() => engine.transitionRoute(name), 'malformed', 'itemRoute')
    }
  })
})

describe('handles', () => {
  test("a handle that was freed or is another engine's", async () => {
    const other = await createEngine({ policy: 'oarepo-3.0.5' })
    const same = await createEngine({ policy: 'oarepo' })
    const read = engine.facts(facts)
    refused(() => other.check(question, read), 'stale_handle', 'facts')
    assert.equal(same.check(question, read).decision, 'allow', 'facts serve every engine of the same policy')
    read.free()
    read.free()
    refused(() => engine.check(question, read), 'stale_handle', 'facts')

    const foreign = other.index([{ id: 'r', ...record }])
    const session = engine.session(subject, facts)
    refused(() => session.can(foreign.row('r'), 'approve'), 'stale_handle', 'index')
    refused(() => session.visible(foreign), 'stale_handle', 'index')
    refused(() => session.visible({ size: 1 }), 'stale_handle', 'index')

    const index = engine.index([{ id: 'r', ...record }])
    const row = index.row('r')
    assert.equal(session.can(row, 'approve'), 'allow')
    const seen = session.visible(index)
    for (const scope of ['nowhere', 7, null, {}, { community: 7 }, { community: undefined }, [], ['c']]) {
      refused(() => session.visible(index, { scope }), 'malformed', 'scope')
    }
    for (const wrong of [row + 1, -1, NaN, 0, 0.5, Infinity, undefined, null, 'r', {}]) {
      refused(() => session.can(wrong, 'approve'), 'stale_handle', 'row')
      refused(() => session.mask(wrong), 'stale_handle', 'row')
      refused(() => index.id(wrong), 'stale_handle', 'row')
    }
    refused(() => index.at(1), 'stale_handle', 'position')
    for (const wrong of [99, -1, 0.5, NaN]) refused(() => session.can(row, wrong), 'unknown_action', 'action')
    refused(() => session.can(row, 'fly'), 'unknown_action', 'action')
    refused(() => session.can(row, undefined), 'unknown_action', 'action')
    index.free()
    index.free()
    refused(() => session.can(row, 'approve'), 'stale_handle', 'row')
    refused(() => session.visible(index), 'stale_handle', 'index')
    for (const ask of [() => seen.count, () => seen.rows(), () => seen.page(0, 1), () => seen.bits()]) {
      refused(ask, 'stale_handle', 'index')
    }
    refused(() => index.bytes, 'stale_handle', 'index')
    session.free()
    session.free()
    refused(() => session.can(row, 'approve'), 'stale_handle', 'row')
    refused(() => session.canRecord(record, 'approve'), 'stale_handle', 'session')

    const list = engine.filter({ subject, action: 'read' }, facts)
    list.free()
    list.free()
    refused(() => list.answer(record), 'stale_handle', 'filter')

    const kept = other.session(subject, { complete: true })
    const keptIndex = other.index([{ id: 'r', ...record }])
    other.free()
    other.free()
    refused(() => other.check(question, facts), 'stale_handle', 'engine')
    refused(() => other.facts(facts), 'stale_handle', 'engine')
    refused(() => other.index([]), 'stale_handle', 'engine')
    assert.equal(kept.can(keptIndex.row('r'), 'approve'), 'deny', 'what was made before keeps working')
  })

  test('an index of records that cannot be read leaves nothing behind', () => {
    refused(
      () =>
        engine.index([
          { id: 'a', ...record },
          { id: 'a', ...record },
        ]),
      'duplicate',
      'records[1].id',
    )
    refused(() => engine.index([{ ...record }]), 'missing_field', 'records[0].id')
    refused(() => engine.index([5]), 'malformed', 'records[0]')
    refused(() => engine.index({ a: 5 }), 'malformed', 'records.a')
    for (const nothing of [undefined, null, 5]) refused(() => engine.index(nothing), 'malformed', 'records')
  })

  test('a record that reads otherwise each time spoils nothing for others', () => {
    const index = engine.index([{ id: 'p', ...record, 'oarepo:recordStatus': 'published' }])
    index.free()
    const session = engine.session({ type: 'anonymous' }, facts)
    let reads = 0
    const fickle = {
      'oarepo:primaryCommunity': 'cesnet',
      get 'oarepo:recordStatus'() {
        return reads++ === 0 ? 'editing' : 'published'
      },
    }
    session.canRecord(fickle, 'read')
    assert.equal(
      session.canRecord({ 'oarepo:primaryCommunity': 'cesnet', 'oarepo:recordStatus': 'editing' }, 'read'),
      'deny',
    )
    const hidden = Object.create(
      { 'oarepo:recordStatus': 'approved' },
      { 'oarepo:primaryCommunity': { value: 'cesnet', enumerable: true } },
    )
    try {
      session.canRecord(hidden, 'read')
    } catch (error) {
      assert.ok(error instanceof LictorError)
    }
    const approved = { 'oarepo:primaryCommunity': 'cesnet', 'oarepo:recordStatus': 'approved' }
    const member = engine.session({ type: 'user', id: 4 }, facts)
    member.canRecord(Object.create(approved, {}), 'read')
    assert.equal(member.canRecord(approved, 'read'), 'allow')
    member.free()
    session.free()
  })
})

test('ten thousand refusals of every kind leave no memory behind', () => {
  const held = () => process.memoryUsage().arrayBuffers + process.memoryUsage().external
  const throwing = {
    get x() {
      throw new Error('boom')
    },
  }
  const deep = nested(100)
  const list = engine.filter({ subject, action: 'read' }, facts)
  const session = engine.session(subject, facts)
  const calls = [
    () => engine.check({ ...question, action: 'fly' }, facts),
    () => engine.check({ ...question, context: throwing }, facts),
    () => engine.check(question, { ...facts, records: { r: throwing } }),
    () => engine.check(deep, facts),
    () => engine.facts({ memberships: [{ community: 'c', user: 1, role: 'boss' }] }),
    () => engine.step({ do: 'fly' }, facts),
    () => engine.index([{ id: 'x', ...record, 'oarepo:recordStatus': throwing }]),
    () => session.canRecord({ ...record, 'oarepo:recordStatus': { toString: 5 } }, 'read'),
    () => list.answer({ ...record, bad: throwing }),
    () => engine.setField(record, 'owners', Symbol('x')),
  ]
  const round = (times) => {
    for (let i = 0; i < times; i++) {
      for (const call of calls) {
        try {
          call()
          assert.fail('it was not refused')
        } catch (error) {
          if (!(error instanceof LictorError)) throw error
        }
      }
    }
  }
  round(100)
  const before = held()
  round(1_000)
  const grown = held() - before
  assert.ok(grown < 4 << 20, `grew by ${grown} bytes`)
  list.free()
  session.free()
  assertAlive()
})
