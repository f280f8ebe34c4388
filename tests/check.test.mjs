// `lictor/check` beside what the corpus asks of it: which policies it takes, and that it is left with what it offers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEngine as createChecker } from '../pkg/dist/check.js'
import { createEngine } from '../pkg/dist/node.js'
import { createTools } from '../pkg/dist/tools-node.js'

test('the default policy is the same policy in both', async () => {
  const [checker, engine] = await Promise.all([createChecker(), createEngine()])
  assert.deepEqual(checker.policy, engine.policy)
})

test('what is no policy of this version, or not all of one, is refused', async () => {
  const whole = (await createTools()).compiled()
  await createChecker({ policy: whole })
  const other = whole.slice()
  other[whole.indexOf(46)] = 47 // its version
  for (const policy of ['oarepo', {}, [...whole], new Uint8Array(), whole.slice(0, -1), whole.with(-1, 255), other]) {
    await assert.rejects(createChecker({ policy }), { name: 'LictorError', code: 'malformed', path: 'policy' })
  }
})

test('it answers after it refused, and not after it was freed', async () => {
  const checker = await createChecker()
  const question = { subject: { type: 'anonymous' }, action: 'read', resource: { type: 'record', id: 'r1' } }
  assert.throws(() => checker.check({ ...question, action: 'fly' }, {}), { code: 'unknown_action' })
  assert.throws(() => checker.check(question, { lists: {} }), { code: 'unknown_field', path: 'facts.lists' })
  assert.equal(checker.check(question, {}).decision, 'unknown')
  checker.free()
  assert.throws(() => checker.check(question, {}), { code: 'stale_handle' })
})

test('it offers questions only, and seeks no remedies', async () => {
  const checker = await createChecker()
  const engine = await createEngine()
  const question = { subject: { type: 'user', id: 7 }, action: 'approve', resource: { type: 'record', id: 'r1' } }
  const facts = {
    communities: { c: { grants: { curator: ['read', 'approve'], member: ['read'] } } },
    memberships: [{ community: 'c', user: 7, role: 'member' }],
    records: { r1: { communities: { primary: 'c' }, state: 'pending-approval', owners: [{ user: 7 }] } },
    complete: true,
  }
  const { remedies, ...rest } = engine.check(question, facts)
  assert.deepEqual(remedies, [[{ change: 'role', community: 'c', role: 'curator' }]])
  assert.deepEqual(checker.check(question, facts), rest)
  for (const name of ['filter', 'step', 'options', 'index', 'session', 'replica', 'explainLists'])
    assert.equal(name in checker, false)
})

test('it takes no facts that another engine read, and says so', async () => {
  const [checker, engine] = await Promise.all([createChecker(), createEngine()])
  const question = { subject: { type: 'anonymous' }, action: 'read', resource: { type: 'record', id: 'r1' } }
  const stale = { code: 'stale_handle', path: 'facts', message: /another engine/ }
  assert.throws(() => checker.check(question, engine.facts({})), stale)
  assert.throws(() => engine.check(question, checker.facts({})), stale)
})

test('facts that are not complete are as those of which that was not said', async () => {
  const question = { subject: { type: 'anonymous' }, action: 'read', resource: { type: 'record', id: 'r1' } }
  for (const engine of [await createChecker(), await createEngine()]) {
    const given = { memberships: [{ community: 'c', user: 4, role: 'curator' }], complete: false }
    const { complete, ...unsaid } = given
    assert.deepEqual(engine.check(question, given), engine.check(question, unsaid))
    assert.deepEqual(engine.check(question, engine.facts(given)), engine.check(question, unsaid))
    assert.equal(engine.check(question, given).decision, 'unknown')
    assert.equal(complete, false)
  }
})
