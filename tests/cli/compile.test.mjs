// `lictor policy compile`: what it writes, `lictor/check` loads, and answers as the engine does under the same policy.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createEngine as createChecker } from '../../pkg/dist/check.js'
import { createEngine } from '../../pkg/dist/node.js'
import { makeFolder } from './run.mjs'
import { checkShape } from './shapes.mjs'

const facts = {
  communities: { c: { grants: { member: ['read'], curator: ['read', 'update', 'approve'] } } },
  memberships: [
    { community: 'c', user: 4, role: 'curator' },
    { community: 'c', user: 7, role: 'member' },
  ],
  complete: true,
}

/** The same record where each of the policies looks for it. */
const record = (state) => ({
  communities: { primary: 'c' },
  state,
  owners: [{ user: 9 }],
  'oarepo:primaryCommunity': 'c',
  'oarepo:recordStatus': state,
  access: { owned_by: 9 },
})

function* questions(states, actions) {
  for (const state of states) {
    const resource = { type: 'record', id: 'r', properties: record(state) }
    for (const subject of [{ type: 'anonymous' }, ...[4, 7, 9].map((id) => ({ type: 'user', id }))])
      for (const action of actions) yield { subject, action, resource }
  }
}

async function compiled(t, ...args) {
  const folder = makeFolder()
  t.after(() => folder.remove())
  const changes = { grants: { member: ['create', 'read', 'update'] } }
  writeFileSync(join(folder.path, 'more.json'), JSON.stringify(changes))
  const { code, value, err } = await folder.json('policy', 'compile', 'policy.bin', ...args)
  assert.equal(code, 0, err)
  checkShape('policy compile', value)
  return { folder, value, changes, bytes: new Uint8Array(readFileSync(join(folder.path, 'policy.bin'))) }
}

for (const policy of ['oarepo', 'repository']) {
  test(`\`${policy}\` with changes answers as the engine does`, async (t) => {
    const { value, bytes, changes } = await compiled(t, policy, '--changes', 'more.json')
    const [checker, engine] = await Promise.all([createChecker({ policy: bytes }), createEngine({ policy, changes })])
    assert.deepEqual(checker.policy, engine.policy)
    assert.deepEqual([value.policy, value.hash, value.bytes], [policy, engine.policy.hash, bytes.length])
    const own = engine.policy.actions.slice(0, 10)
    const answers = new Set()
    for (const question of questions(engine.policy.states, own)) {
      const answer = checker.check(question, facts)
      const { remedies: _, ...rest } = engine.check(question, facts)
      assert.deepEqual(answer, rest)
      answers.add(answer.decision)
    }
    assert.deepEqual([...answers].toSorted(), ['allow', 'deny'])
  })
}

test('it is for one version of lictor, which it says, and which another tells', async (t) => {
  const { value, bytes } = await compiled(t, 'oarepo')
  const head = `lictor ${value.version} policy\n`
  assert.equal(Buffer.from(bytes.slice(0, head.length)).toString(), head)
  const other = Buffer.concat([Buffer.from('lictor 0.0.1 policy\n'), bytes.slice(head.length)])
  const message = `policy: not compiled by lictor ${value.version}; compile the policy's document again, with that`
  await assert.rejects(createChecker({ policy: new Uint8Array(other) }), { code: 'malformed', path: 'policy', message })
})

test('a file that is there is written over only if that is said; a policy that is none leaves it as it was', async (t) => {
  const { folder, bytes } = await compiled(t, 'oarepo')
  const again = await folder.json('policy', 'compile', 'policy.bin', 'ils')
  assert.deepEqual([again.code, again.value.error.code], [1, 'duplicate'])
  const unknown = await folder.json('policy', 'compile', 'policy.bin', 'nosuch', '--overwrite')
  assert.equal(unknown.code, 1)
  assert.deepEqual(new Uint8Array(readFileSync(join(folder.path, 'policy.bin'))), bytes)
  const over = await folder.json('policy', 'compile', 'policy.bin', 'ils', '--overwrite')
  assert.deepEqual([over.code, over.value.policy], [0, 'ils'])
})
