// Input that is too deep, too large, or contains itself.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createEngine, LictorError } from '../../pkg/dist/node.js'
import {
  assertAlive,
  engine,
  facts,
  nested,
  nestedList,
  policyError,
  question,
  record,
  refused,
  resource,
  subject,
} from './given.mjs'

describe('shapes and sizes', () => {
  test('an object that contains itself', () => {
    const cyclic = { ...record }
    cyclic.self = cyclic
    refused(
      () => engine.check({ ...question, resource: { ...resource, properties: cyclic } }, facts),
      'too_deep',
      `evaluation.resource.properties${'.self'.repeat(62)}`,
    )
    const list = []
    list.push(list)
    refused(() => engine.facts({ memberships: list }), 'too_deep', `facts.memberships${'[0]'.repeat(65)}`)
  })

  test('a hundred thousand levels', () => {
    for (const deep of [nested(1e5), nestedList(1e5)]) {
      refused(
        () => engine.check(deep, facts),
        'too_deep',
        Array.isArray(deep) ? `evaluation${'[0]'.repeat(64)}` : `evaluation${'.a'.repeat(64)}`,
      )
      assert.throws(() => engine.facts(deep), LictorError)
      assert.throws(() => engine.setField(record, 'state', deep), LictorError)
      assert.throws(
        () => engine.index([{ id: 'x', ...record, 'oarepo:recordStatus': deep }]),
        (error) => error instanceof LictorError && error.code === 'too_deep',
      )
    }
    assertAlive()
  })

  test('a policy of a hundred thousand levels, and one that contains itself', async () => {
    await policyError({ define: nested(1e5) }, 'too_deep', `policy.define${'.a'.repeat(63)}`)
    await policyError('oarepo', 'too_deep', `changes${'.a'.repeat(64)}`, nested(1e5))
    const rule = {}
    rule.not = rule
    await policyError('oarepo', 'too_deep', `changes.rules.read${'.not'.repeat(62)}`, { rules: { read: rule } })
  })

  test('ten megabytes of junk', () => {
    const text = 'x'.repeat(10 << 20)
    refused(
      () => engine.check({ ...question, resource: { ...resource, properties: { ...record, title: text } } }, facts),
      'too_large',
      'evaluation.resource.properties.title',
    )
    refused(() => engine.check(text, facts), 'too_large', 'evaluation')
    refused(() => engine.check({ ...question, [text]: 1 }, facts), 'too_large', 'evaluation')
    refused(() => engine.step(new Array(5e6).fill(0), facts), 'too_large', /^call\[\d+\]$/)
    refused(
      () => engine.check(Object.fromEntries(Array.from({ length: 5e5 }, (_, i) => [`key${i}`, i])), facts),
      'too_large',
      /^evaluation(\.key\d+)?$/,
    )
    refused(() => engine.facts(text), 'malformed', 'facts')
    refused(() => engine.check(question, { ...facts, revision: {} }), 'malformed', 'facts.revision')
  })

  test('a policy of ten megabytes', () => policyError({ about: 'x'.repeat(10 << 20) }, 'too_large', 'policy.about'))

  test('a machine of ten thousand states works, and quickly', async () => {
    const states = Array.from({ length: 10_000 }, (_, i) => `s${i}`)
    const transitions = states.map((name, i) => ({
      name: `t${i}`,
      action: 'approve',
      from: [name],
      to: states[(i + 1) % states.length],
    }))
    const start = performance.now()
    const large = await createEngine({
      policy: 'oarepo',
      changes: {
        states,
        state_aliases: null,
        absent_state: 's0',
        transitions,
        rules: { read: { any: null, state: states }, update: { any: null, state: ['s7'] } },
      },
    })
    const inLast = { 'oarepo:primaryCommunity': 'cesnet', 'oarepo:recordStatus': 's9999' }
    const ask = (action, properties) =>
      large.check({ subject, action, resource: { type: 'record', id: 'x', properties } }, facts)
    assert.equal(ask('approve', inLast).decision, 'allow')
    assert.equal(ask('update', inLast).decision, 'deny')
    assert.equal(
      large.check(
        { ...question, subject: { type: 'anonymous' }, resource: { type: 'record', properties: inLast } },
        facts,
      ).decision,
      'deny',
    )
    const done = large.step(
      { do: 'transition', subject, resource: { type: 'record', id: 'x', properties: inLast }, transition: 't9999' },
      facts,
    )
    assert.equal(done.changes[0].value['oarepo:recordStatus'], 's0')
    const index = large.index(states.map((state, id) => ({ id: String(id), ...inLast, 'oarepo:recordStatus': state })))
    const session = large.session(subject, facts)
    assert.equal(session.visible(index, 'approve').count, 10_000)
    const seconds = (performance.now() - start) / 1000
    assert.ok(seconds < 30, `took ${seconds} s`)
    large.free()
  })

  test('a machine of seventy thousand states is refused', () =>
    policyError('oarepo', 'too_large', 'policy.states', { states: Array.from({ length: 70_000 }, (_, i) => `s${i}`) }))

  test('definitions that double at each step are refused, and quickly', async () => {
    const define = { d40: 'owner' }
    for (let i = 0; i < 40; i++) define[`d${i}`] = { any: [{ use: `d${i + 1}` }, { use: `d${i + 1}` }] }
    await assert.rejects(
      createEngine({ policy: 'oarepo', changes: { define, rules: { create: { any: null, use: 'd0' } } } }),
      { code: 'too_deep' },
    )
    assertAlive()
  })
})
