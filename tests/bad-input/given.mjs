// What the tests of bad input share: a question with a known answer, and how a refusal is checked.
import assert from 'node:assert/strict'
import { createEngine, LictorError } from '../../pkg/dist/node.js'

export const facts = {
  communities: { cesnet: { grants: { curator: ['read', 'approve'], member: ['read'] } } },
  memberships: [{ community: 'cesnet', user: 4, role: 'curator' }],
  records: { r: { 'oarepo:primaryCommunity': 'cesnet', 'oarepo:recordStatus': 'pending-approval' } },
  complete: true,
}
export const subject = { type: 'user', id: 4 }
export const resource = { type: 'record', id: 'r' }
export const question = { subject, action: 'approve', resource }
export const record = facts.records.r

export const engine = await createEngine({ policy: 'oarepo' })

/** A question with a known answer, asked the cold way and the hot way. */
export function assertAlive() {
  assert.equal(engine.check(question, facts).decision, 'allow')
  assert.equal(engine.check({ ...question, subject: { type: 'user', id: 5 } }, facts).decision, 'deny')
  const index = engine.index({ r: record })
  const session = engine.session(subject, facts)
  assert.equal(session.can(index.row('r'), 'approve'), 'allow')
  session.free()
  index.free()
}

export function refused(call, code, path) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof LictorError, `not a LictorError: ${error?.stack ?? error}`)
    if (path instanceof RegExp) assert.match(error.path, path)
    else assert.equal(error.path, path, error.message)
    assert.equal(error.code, code, error.message)
    assert.ok(error.faults.length > 0 && error.message.length < 5000)
    return true
  })
  assertAlive()
}

export const policyError = async (policy, code, path, changes) => {
  await assert.rejects(createEngine({ policy, changes }), (error) => {
    assert.ok(error instanceof LictorError, `not a LictorError: ${error?.stack ?? error}`)
    assert.deepEqual({ code: error.code, path: error.path }, { code, path }, error.message)
    return true
  })
  assertAlive()
}

export const nested = (levels) => {
  let value = {}
  for (let i = 0; i < levels; i++) value = { a: value }
  return value
}
export const nestedList = (levels) => {
  let value = []
  for (let i = 0; i < levels; i++) value = [value]
  return value
}
